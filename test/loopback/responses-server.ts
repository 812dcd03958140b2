import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { sendJson } from './json-server.js';
import {
  openModelServer,
  type Api,
  type Head,
  type ModelServer,
  type Script,
} from './model-server.js';
import { answersIn, outputsIn, saidByUser, type ResponsesBody } from './responses-body.js';
import {
  begunResponse,
  failedResponse,
  streamedResponse,
  type ResponsesReply,
  type ResponsesUsage,
} from './responses-reply.js';
import { chargeInput } from './responses-tokens.js';
import { estimateTokens } from './token-count.js';

/** One request to the model, as a script sees it. */
export interface ResponsesRequest {
  /** The session that asks: one for each worker. */
  readonly caller: string;
  readonly model: string;
  /** The key that it asks with. */
  readonly key: string;
  /** How often the model has answered in this conversation: the script's step. */
  readonly turn: number;
  /** All text of the user's side, from the conversation's beginning. */
  readonly said: string;
  /** Outputs of the tools that the last answer called. */
  readonly results: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

export type ResponsesScript = Script<ResponsesRequest, ResponsesReply>;
export type ResponsesServer = ModelServer<ResponsesRequest, ResponsesReply, ResponsesUsage>;

const FREE: ResponsesUsage = { input_tokens: 0, cached_tokens: 0, output_tokens: 0 };

/** A model that speaks the OpenAI Responses API; its address is for `base_url` of a provider. */
export function openResponsesServer(script: ResponsesScript): Promise<ResponsesServer> {
  const known = new Set<string>();
  const api: Api<ResponsesBody, ResponsesRequest, ResponsesReply, ResponsesUsage> = {
    ...{ base: '/v1', call: /^\/v1\/responses$/, prefix: 'resp_', free: FREE },
    ...{ requestOf, respond, errorBody },
    usageOf: (body, reply) => usageOf(known, body, reply),
  };
  return openModelServer(api, script);
}

/** Only a whole answer reports what it cost. */
function usageOf(known: Set<string>, body: ResponsesBody, reply: ResponsesReply): ResponsesUsage {
  if (!('say' in reply || 'use' in reply)) return FREE;
  const calls = 'use' in reply ? (reply.use ?? []) : [];
  const output = (reply.say ?? '') + calls.map((call) => JSON.stringify(call)).join('');
  return { ...chargeInput(known, body), output_tokens: estimateTokens(output) };
}

async function respond(
  response: ServerResponse,
  { id, usage }: Head<ResponsesUsage>,
  reply: ResponsesReply,
): Promise<void> {
  if ('silence' in reply) return;
  if ('reset' in reply) {
    response.destroy();
    return;
  }
  if ('status' in reply) {
    const { status, headers = {}, error } = reply;
    sendJson(response, status, headers, { error: { ...errorBody(status).error, ...error } });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if ('cut' in reply) {
    response.write(begunResponse(id, reply.cut), () => response.destroy());
    return;
  }
  if ('failed' in reply) {
    response.end(failedResponse(id, reply.failed));
    return;
  }
  const [begin = '', ...rest] = streamedResponse(id, reply, usage);
  response.write(begin);
  if ('after' in reply) await reply.after;
  response.end(rest.join(''));
}

const errorBody = (status: number, message = `scripted error ${status}`) => ({
  error: { message },
});

const requestOf = (body: ResponsesBody, headers: IncomingHttpHeaders): ResponsesRequest => ({
  caller: String(headers['session-id'] ?? ''),
  model: body.model,
  key: (headers.authorization ?? '').replace(/^Bearer /, ''),
  turn: answersIn(body),
  said: saidByUser(body),
  results: outputsIn(body),
  headers,
});
