import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { openJsonServer, readBody, sendJson } from './json-server.js';
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
  readonly headers: IncomingMessage['headers'];
}

/** Decides from the conversation alone, so that any number of clients can talk at once; may take its time. */
export type GeminiScript = (request: GeminiRequest) => GeminiReply | Promise<GeminiReply>;

/** A request, what it was answered, and what the answer said that it cost. */
interface GeminiExchange {
  readonly request: GeminiRequest;
  readonly reply: GeminiReply;
  readonly usage: GeminiUsage;
}

/** A running {@link openGeminiServer}. */
export interface GeminiServer extends AsyncDisposable {
  /** For GOOGLE_GEMINI_BASE_URL. */
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly GeminiRequest[];
  /** In the order of their answers. */
  readonly exchanges: readonly GeminiExchange[];
  /** Calls that are none to a model: method and path. */
  readonly strays: readonly string[];
}

/** What the server told some requests that they cost, summed. */
export function geminiSpent(
  { exchanges }: GeminiServer,
  isTheirs: (request: GeminiRequest) => boolean,
): GeminiUsage & { readonly requests: number } {
  const theirs = exchanges.filter(({ request }) => isTheirs(request));
  const total = (figure: keyof GeminiUsage) =>
    theirs.reduce((sum, { usage }) => sum + usage[figure], 0);
  return {
    requests: theirs.length,
    fresh: total('fresh'),
    cached: total('cached'),
    spoken: total('spoken'),
    thought: total('thought'),
  };
}

/** What a small model is told to answer that is asked how hard the work is. */
const EASY = {
  say: JSON.stringify({ complexity_reasoning: 'It is scripted.', complexity_score: 10 }),
};

const CALL = /^\/v1beta\/models\/([^:/]+):(streamGenerateContent|generateContent)$/;

/**
 * A model on the loopback interface that speaks the Gemini API and says what a test's script says. It accepts any key and
 * any parameters: what it proves is how a client behaves, not that its requests are valid.
 */
export async function openGeminiServer(script: GeminiScript): Promise<GeminiServer> {
  const requests: GeminiRequest[] = [];
  const exchanges: GeminiExchange[] = [];
  const strays: string[] = [];
  const cache = new PromptCache();

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(incoming);
    const { pathname } = new URL(incoming.url ?? '/', 'http://loopback');
    const [, model = '', method] = CALL.exec(pathname) ?? [];
    if (incoming.method !== 'POST' || method === undefined) {
      strays.push(`${incoming.method ?? ''} ${pathname}`);
      sendJson(response, 404, {}, geminiError(404));
      return;
    }
    const body = JSON.parse(text) as GeminiBody;
    const request = requestOf(model, body, incoming.headers);
    requests.push(request);
    const scripted = await script(request);
    const reply = request.isRouting && isAnswer(scripted) ? EASY : scripted;
    const usage = isAnswer(reply)
      ? { ...chargeGemini(cache, body), ...spokenInGemini(reply) }
      : NO_GEMINI_USAGE;
    exchanges.push({ request, reply, usage });
    await respond(response, { model, usage }, reply, method === 'streamGenerateContent');
  }

  const server = await openJsonServer(answer, (error, response) => {
    // A script that throws is seen in the client's words, whose test fails by them.
    sendJson(response, 400, {}, geminiError(400, String(error)));
  });
  return { ...server, requests, exchanges, strays };
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
  model: string,
  body: GeminiBody,
  headers: IncomingMessage['headers'],
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
