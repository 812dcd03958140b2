import type { IncomingMessage, ServerResponse } from 'node:http';
import { openJsonServer, readBody, sendJson } from './json-server.js';
import {
  errorBody,
  outputOf,
  overloadedEvent,
  streamedAnswer,
  wholeAnswer,
  type ModelReply,
} from './messages-reply.js';
import {
  expandedIn,
  resultsIn,
  saidIn,
  seenIn,
  turnOf,
  typedIn,
  type Expanded,
  type RequestBody,
} from './request-body.js';
import { NO_USAGE, PromptCache, type Usage } from './token-count.js';

/** One request to the model, as a script sees it. */
export interface ModelRequest {
  /** The session that asks: one for each worker, one for the user's own. */
  readonly caller: string;
  /** The key that it asks with; empty without one. */
  readonly key: string;
  readonly model: string;
  /** How often the model has answered in this conversation: the script's step. */
  readonly turn: number;
  /** All text of the user's side, from the conversation's beginning. */
  readonly said: string;
  /** The slash command that it follows; none for a worker. */
  readonly command: Expanded | undefined;
  /** Results of the tools that the last answer called. */
  readonly results: readonly { readonly text: string; readonly isError: boolean }[];
  /** The last result of a tool, whichever answer called it. */
  readonly seen: string;
  /** What the user typed last. */
  readonly typed: string;
  readonly headers: IncomingMessage['headers'];
}

/** Decides from the conversation alone, so that any number of clients can talk at once; may take its time. */
export type ModelScript = (request: ModelRequest) => ModelReply | Promise<ModelReply>;

/** A request, what it was answered, and what the answer said that it cost. */
export interface Exchange {
  readonly request: ModelRequest;
  readonly reply: ModelReply;
  readonly usage: Usage;
}

/** A running {@link openMessagesServer}. */
export interface MessagesServer extends AsyncDisposable {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly ModelRequest[];
  /** In the order of their answers. */
  readonly exchanges: readonly Exchange[];
  /** Calls other than `POST /v1/messages`: method and path. */
  readonly strays: readonly string[];
}

/** What the server told some requests that they cost, summed. */
export function spentBy(
  { exchanges }: MessagesServer,
  isTheirs: (request: ModelRequest) => boolean,
): Usage & { readonly requests: number } {
  const theirs = exchanges.filter(({ request }) => isTheirs(request));
  const total = (figure: keyof Usage) => theirs.reduce((sum, { usage }) => sum + usage[figure], 0);
  return {
    requests: theirs.length,
    input_tokens: total('input_tokens'),
    cache_creation_input_tokens: total('cache_creation_input_tokens'),
    cache_read_input_tokens: total('cache_read_input_tokens'),
    output_tokens: total('output_tokens'),
  };
}

/**
 * A model on the loopback interface that speaks the Anthropic Messages API and says what a test's script says. It
 * accepts any key and any parameters: what it proves is how a client behaves, not that its requests are valid.
 */
export async function openMessagesServer(script: ModelScript): Promise<MessagesServer> {
  const requests: ModelRequest[] = [];
  const exchanges: Exchange[] = [];
  const strays: string[] = [];
  const cache = new PromptCache();
  const server = await openJsonServer(answer, (error, response) => {
    // A script that throws is seen in the client's words, whose test fails by them.
    const message = String(error);
    sendJson(response, 400, {}, { type: 'error', error: { type: 'script', message } });
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(incoming);
    const { pathname } = new URL(incoming.url ?? '/', 'http://loopback');
    if (incoming.method !== 'POST' || pathname !== '/v1/messages') {
      strays.push(`${incoming.method ?? ''} ${pathname}`);
      sendJson(response, 404, {}, errorBody(404));
      return;
    }
    const body = JSON.parse(text) as RequestBody;
    const request = requestOf(body, incoming.headers);
    const id = `msg_${requests.push(request)}`;
    const reply = await script(request);
    const usage = usageOf(cache, body, reply);
    exchanges.push({ request, reply, usage });
    respond(response, { id, model: body.model, usage }, reply, body.stream === true);
  }

  return { ...server, requests, exchanges, strays };
}

/** Refused requests cost nothing; a broken answer costs what was asked and what came of it. */
function usageOf(cache: PromptCache, body: RequestBody, reply: ModelReply): Usage {
  if ('status' in reply || 'silence' in reply) return NO_USAGE;
  const words =
    'cut' in reply
      ? { say: reply.cut }
      : 'overloadedAfter' in reply
        ? { say: reply.overloadedAfter }
        : reply;
  return { ...cache.charge(body), output_tokens: outputOf(words) };
}

function respond(
  response: ServerResponse,
  head: { readonly id: string; readonly model: string; readonly usage: Usage },
  reply: ModelReply,
  isStreamed: boolean,
): void {
  if ('silence' in reply) return;
  if ('status' in reply) {
    sendJson(response, reply.status, reply.headers ?? {}, errorBody(reply.status));
    return;
  }
  if ('cut' in reply || 'overloadedAfter' in reply) {
    const say = 'cut' in reply ? reply.cut : reply.overloadedAfter;
    // All but the end: the message's stop reason and its last word.
    const begun = [...streamedAnswer(head, { say })].slice(0, -3).join('');
    beginStream(response, head.id);
    if ('cut' in reply) response.write(begun, () => response.destroy());
    else response.end(begun + overloadedEvent());
    return;
  }
  if (!isStreamed) {
    sendJson(response, 200, { 'request-id': head.id }, wholeAnswer(head, reply));
    return;
  }
  beginStream(response, head.id);
  response.end([...streamedAnswer(head, reply)].join(''));
}

const beginStream = (response: ServerResponse, id: string) =>
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': id });

const requestOf = (body: RequestBody, headers: IncomingMessage['headers']): ModelRequest => ({
  caller: String(headers['x-claude-code-session-id'] ?? ''),
  key: String(headers['x-api-key'] ?? ''),
  model: body.model,
  turn: turnOf(body),
  said: saidIn(body),
  command: expandedIn(body),
  results: resultsIn(body),
  seen: seenIn(body),
  typed: typedIn(body),
  headers,
});
