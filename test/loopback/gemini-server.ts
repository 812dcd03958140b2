import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import {
  chargeGemini,
  geminiResults,
  geminiSaid,
  geminiTools,
  geminiTurn,
  type GeminiBody,
} from './gemini-body.js';
import {
  geminiError,
  NO_GEMINI_USAGE,
  spokenInGemini,
  streamedGemini,
  wholeGemini,
  type GeminiAnswer,
  type GeminiHead,
  type GeminiReply,
  type GeminiUsage,
} from './gemini-reply.js';
import { sendJson } from './json-server.js';
import { openModelServer, type Api, type ModelServer, type Script } from './model-server.js';
import { PromptCache } from './token-count.js';

/** One request to the model, as a script sees it. */
export interface GeminiRequest {
  /** The key that came with it; empty without one. */
  readonly key: string;
  readonly model: string;
  /** How often the model has answered in this conversation: the script's step. */
  readonly turn: number;
  /** All text of the user's side, from the conversation's beginning. */
  readonly said: string;
  /** Results of the tools that the last answer called. */
  readonly results: readonly string[];
  /** The tools that it may call. */
  readonly tools: readonly string[];
  /** The CLI asks a small model how hard the work is, to choose the one that does it. */
  readonly isRouting: boolean;
  readonly headers: IncomingHttpHeaders;
}

export type GeminiScript = Script<GeminiRequest, GeminiReply>;
export type GeminiServer = ModelServer<GeminiRequest, GeminiReply, GeminiUsage>;

/** What a small model is told to answer that is asked how hard the work is. */
const EASY = {
  say: JSON.stringify({ complexity_reasoning: 'It is scripted.', complexity_score: 10 }),
};

/** A model that speaks the Gemini API; its address is for GOOGLE_GEMINI_BASE_URL. */
export function openGeminiServer(script: GeminiScript): Promise<GeminiServer> {
  const cache = new PromptCache();
  const api: Api<GeminiBody, GeminiRequest, GeminiReply, GeminiUsage> = {
    base: '',
    call: /^\/v1beta\/models\/([^:/]+):(?:streamGenerateContent|generateContent)$/,
    ...{ prefix: '', free: NO_GEMINI_USAGE, requestOf, respond, errorBody: geminiError },
    replyTo: ({ isRouting }, scripted) => (isRouting && isAnswer(scripted) ? EASY : scripted),
    usageOf: (body, reply) =>
      isAnswer(reply)
        ? { ...chargeGemini(cache, body), ...spokenInGemini(reply) }
        : NO_GEMINI_USAGE,
  };
  return openModelServer(api, script);
}

/** Refused requests cost nothing; a broken answer costs what was asked, but nobody is told. */
const isAnswer = (reply: GeminiReply): reply is GeminiAnswer =>
  !('status' in reply || 'silence' in reply || 'cut' in reply);

async function respond(
  response: ServerResponse,
  head: GeminiHead,
  reply: GeminiReply,
  isStreamed: boolean,
): Promise<void> {
  if ('silence' in reply) return;
  if ('status' in reply) {
    const { status, headers = {}, message, details } = reply;
    sendJson(response, status, headers, geminiError(status, message, details));
    return;
  }
  if (!isStreamed && !('cut' in reply)) {
    sendJson(response, 200, {}, wholeGemini(head, reply));
    return;
  }
  const events = streamedGemini(head, 'cut' in reply ? { say: reply.cut } : reply);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const begun = events.slice(0, -1).join('');
  if ('cut' in reply) {
    response.write(begun, () => response.destroy());
    return;
  }
  if (reply.endAfter) response.write(begun);
  await reply.endAfter;
  response.end(reply.endAfter ? events.at(-1) : events.join(''));
}

const requestOf = (
  body: GeminiBody,
  headers: IncomingHttpHeaders,
  model: string,
): GeminiRequest => ({
  key: String(headers['x-goog-api-key'] ?? ''),
  model,
  turn: geminiTurn(body),
  said: geminiSaid(body),
  results: geminiResults(body),
  tools: geminiTools(body),
  isRouting: body.generationConfig?.responseJsonSchema !== undefined,
  headers,
});
