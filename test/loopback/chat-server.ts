import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { chargeChat, chatResults, chatSaid, chatTurn, type ChatBody } from './chat-body.js';
import {
  chatError,
  NO_CHAT_USAGE,
  spokenIn,
  streamedChat,
  wholeChat,
  type ChatReply,
  type ChatUsage,
} from './chat-reply.js';
import { sendJson } from './json-server.js';
import {
  openModelServer,
  type Api,
  type Head,
  type ModelServer,
  type Script,
} from './model-server.js';
import { PromptCache } from './token-count.js';

/** One request to the model, as a script sees it. */
export interface ChatRequest {
  /** The key that came with it; empty without one. */
  readonly key: string;
  readonly model: string;
  /** How often the model has answered in this conversation: the script's step. */
  readonly turn: number;
  /** All text of the user's side, from the conversation's beginning. */
  readonly said: string;
  /** Results of the tools that the last answer called. */
  readonly results: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

export type ChatScript = Script<ChatRequest, ChatReply>;
export type ChatServer = ModelServer<ChatRequest, ChatReply, ChatUsage>;

/** A model that speaks the OpenAI Chat Completions API. */
export function openChatServer(script: ChatScript): Promise<ChatServer> {
  const cache = new PromptCache();
  const api: Api<ChatBody, ChatRequest, ChatReply, ChatUsage> = {
    base: '/v1',
    call: /^\/v1\/chat\/completions$/,
    ...{ prefix: 'chatcmpl-', free: NO_CHAT_USAGE, requestOf, respond },
    errorBody: (status, message) => chatError(status, undefined, message),
    usageOf: (body, reply) => usageOf(cache, body, reply),
  };
  return openModelServer(api, script);
}

/** Refused requests cost nothing; a broken answer costs what was asked, but nobody is told. */
function usageOf(cache: PromptCache, body: ChatBody, reply: ChatReply): ChatUsage {
  if ('status' in reply || 'silence' in reply || 'cut' in reply || 'reset' in reply) {
    return NO_CHAT_USAGE;
  }
  return { ...chargeChat(cache, body), ...spokenIn(reply) };
}

async function respond(
  response: ServerResponse,
  head: Head<ChatUsage>,
  reply: ChatReply,
  isStreamed: boolean,
): Promise<void> {
  if ('silence' in reply) return;
  if ('reset' in reply) {
    response.destroy();
    return;
  }
  if ('status' in reply) {
    const { status, headers = {}, code, message } = reply;
    sendJson(response, status, headers, chatError(status, code, message));
    return;
  }
  if (!isStreamed && !('cut' in reply)) {
    sendJson(response, 200, {}, wholeChat(head, reply));
    return;
  }
  const words = 'cut' in reply ? { say: reply.cut } : reply;
  const events = [...streamedChat(head, words)];
  // All but the end: the finish reason, the usage, the last word.
  const begun = events.slice(0, -3).join('');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if ('cut' in reply) {
    response.write(begun, () => response.destroy());
    return;
  }
  if (reply.restAfter) response.write(begun);
  await reply.restAfter;
  response.end(reply.restAfter ? events.slice(-3).join('') : events.join(''));
}

const requestOf = (body: ChatBody, headers: IncomingHttpHeaders): ChatRequest => ({
  key: (headers.authorization ?? '').replace(/^Bearer /, ''),
  model: body.model,
  turn: chatTurn(body),
  said: chatSaid(body),
  results: chatResults(body),
  headers,
});
