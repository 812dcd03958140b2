import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { sendJson } from './json-server.js';
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
import {
  openModelServer,
  type Api,
  type Head,
  type ModelServer,
  type Script,
} from './model-server.js';
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
  readonly headers: IncomingHttpHeaders;
}

export type ModelScript = Script<ModelRequest, ModelReply>;
export type MessagesServer = ModelServer<ModelRequest, ModelReply, Usage>;

/** A model that speaks the Anthropic Messages API; its address is for ANTHROPIC_BASE_URL. */
export function openMessagesServer(script: ModelScript): Promise<MessagesServer> {
  const cache = new PromptCache();
  const api: Api<RequestBody, ModelRequest, ModelReply, Usage> = {
    ...{ base: '', call: /^\/v1\/messages$/, prefix: 'msg_', free: NO_USAGE },
    ...{ requestOf, respond, errorBody },
    usageOf: (body, reply) => usageOf(cache, body, reply),
  };
  return openModelServer(api, script);
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
  head: Head<Usage>,
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

const requestOf = (body: RequestBody, headers: IncomingHttpHeaders): ModelRequest => ({
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
