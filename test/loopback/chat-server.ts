import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { openJsonServer, readBody, sendJson } from './json-server.js';
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
  readonly headers: IncomingMessage['headers'];
}

/** Decides from the conversation alone, so that any number of clients can talk at once; may take its time. */
export type ChatScript = (request: ChatRequest) => ChatReply | Promise<ChatReply>;

/** A request, what it was answered, and what the answer said that it cost. */
interface ChatExchange {
  readonly request: ChatRequest;
  readonly reply: ChatReply;
  readonly usage: ChatUsage;
}

/** A running {@link openChatServer}. */
export interface ChatServer extends AsyncDisposable {
  /** The base of the API, `/v1` included. */
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly ChatRequest[];
  /** In the order of their answers. */
  readonly exchanges: readonly ChatExchange[];
  /** Calls other than `POST /v1/chat/completions`: method and path. */
  readonly strays: readonly string[];
}

/** What the server told some requests that they cost, summed. */
export function chatSpent(
  { exchanges }: ChatServer,
  isTheirs: (request: ChatRequest) => boolean,
): ChatUsage & { readonly requests: number } {
  const theirs = exchanges.filter(({ request }) => isTheirs(request));
  const total = (figure: keyof ChatUsage) =>
    theirs.reduce((sum, { usage }) => sum + usage[figure], 0);
  return {
    requests: theirs.length,
    fresh: total('fresh'),
    cached: total('cached'),
    spoken: total('spoken'),
    reasoned: total('reasoned'),
  };
}

/**
 * A model on the loopback interface that speaks the OpenAI Chat Completions API and says what a test's script says. It
 * accepts any key and any parameters: what it proves is how a client behaves, not that its requests are valid.
 */
export async function openChatServer(script: ChatScript): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  const exchanges: ChatExchange[] = [];
  const strays: string[] = [];
  const cache = new PromptCache();

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(incoming);
    const { pathname } = new URL(incoming.url ?? '/', 'http://loopback');
    if (incoming.method !== 'POST' || pathname !== '/v1/chat/completions') {
      strays.push(`${incoming.method ?? ''} ${pathname}`);
      sendJson(response, 404, {}, chatError(404));
      return;
    }
    const body = JSON.parse(text) as ChatBody;
    const request = requestOf(body, incoming.headers);
    const id = `chatcmpl-${requests.push(request)}`;
    const reply = await script(request);
    const usage = usageOf(cache, body, reply);
    exchanges.push({ request, reply, usage });
    await respond(response, { id, model: body.model, usage }, reply, body.stream === true);
  }

  const server = await openJsonServer(answer, (error, response) => {
    // A script that throws is seen in the client's words, whose test fails by them.
    sendJson(response, 400, {}, chatError(400, 'script', String(error)));
  });
  return { ...server, url: `${server.url}/v1`, requests, exchanges, strays };
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
  head: { readonly id: string; readonly model: string; readonly usage: ChatUsage },
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

const requestOf = (body: ChatBody, headers: IncomingMessage['headers']): ChatRequest => ({
  key: (headers.authorization ?? '').replace(/^Bearer /, ''),
  model: body.model,
  turn: chatTurn(body),
  said: chatSaid(body),
  results: chatResults(body),
  headers,
});
