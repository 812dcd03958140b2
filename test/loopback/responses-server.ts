import type { IncomingMessage, ServerResponse } from 'node:http';
import { openJsonServer, readBody, sendJson } from './json-server.js';
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
  readonly headers: IncomingMessage['headers'];
}

/** Decides from the conversation alone, so that any number of clients can talk at once; may take its time. */
export type ResponsesScript = (
  request: ResponsesRequest,
) => ResponsesReply | Promise<ResponsesReply>;

/** A request, what it was answered, and what the answer said that it cost. */
interface Exchange {
  readonly request: ResponsesRequest;
  readonly reply: ResponsesReply;
  readonly usage: ResponsesUsage;
}

/** A running {@link openResponsesServer}. */
export interface ResponsesServer extends AsyncDisposable {
  /** For `base_url` of a provider. */
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly ResponsesRequest[];
  /** In the order of their answers. */
  readonly exchanges: readonly Exchange[];
}

const FREE: ResponsesUsage = { input_tokens: 0, cached_tokens: 0, output_tokens: 0 };

/**
 * A model on the loopback interface that speaks the OpenAI Responses API and says what a test's script says. It accepts
 * any key and any parameters, and no WebSocket: clients that try one fall back.
 */
export async function openResponsesServer(script: ResponsesScript): Promise<ResponsesServer> {
  const requests: ResponsesRequest[] = [];
  const exchanges: Exchange[] = [];
  const known = new Set<string>();

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(incoming);
    if (incoming.method !== 'POST' || incoming.url !== '/v1/responses') {
      const status = incoming.headers.upgrade === undefined ? 404 : 426;
      sendError(response, status, {}, { message: 'there is nothing else here' });
      return;
    }
    const body = JSON.parse(text) as ResponsesBody;
    const request = requestOf(body, incoming.headers);
    const id = `resp_${requests.push(request)}`;
    const reply = await script(request);
    const usage = usageOf(known, body, reply);
    exchanges.push({ request, reply, usage });
    await respond(response, id, reply, usage);
  }

  const server = await openJsonServer(answer, (error, response) => {
    // A script that throws is seen in the client's words, whose test fails by them.
    sendError(response, 400, {}, { message: `script: ${String(error)}` });
  });
  return { ...server, url: `${server.url}/v1`, requests, exchanges };
}

/** What the server told some requests that they cost, summed. */
export function spentOn(
  { exchanges }: ResponsesServer,
  isTheirs: (request: ResponsesRequest) => boolean,
): ResponsesUsage {
  const theirs = exchanges.filter(({ request }) => isTheirs(request));
  const total = (figure: keyof ResponsesUsage) =>
    theirs.reduce((sum, { usage }) => sum + usage[figure], 0);
  return {
    input_tokens: total('input_tokens'),
    cached_tokens: total('cached_tokens'),
    output_tokens: total('output_tokens'),
  };
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
  id: string,
  reply: ResponsesReply,
  usage: ResponsesUsage,
): Promise<void> {
  if ('silence' in reply) return;
  if ('reset' in reply) {
    response.destroy();
    return;
  }
  if ('status' in reply) {
    sendError(response, reply.status, reply.headers ?? {}, {
      message: `scripted error ${reply.status}`,
      ...reply.error,
    });
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

function sendError(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  error: object,
): void {
  sendJson(response, status, headers, { error });
}

const requestOf = (body: ResponsesBody, headers: IncomingMessage['headers']): ResponsesRequest => ({
  caller: String(headers['session-id'] ?? ''),
  model: body.model,
  key: (headers.authorization ?? '').replace(/^Bearer /, ''),
  turn: answersIn(body),
  said: saidByUser(body),
  results: outputsIn(body),
  headers,
});
