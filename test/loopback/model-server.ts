import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { openJsonServer, readBody, sendJson } from './json-server.js';

/** A request, what it was answered, and what the answer said that it cost. */
export interface Exchange<Request, Reply, Usage> {
  readonly request: Request;
  readonly reply: Reply;
  readonly usage: Usage;
}

/** A running model on the loopback interface. */
export interface ModelServer<Request, Reply, Usage> extends AsyncDisposable {
  /** The address that its clients are configured with. */
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly Request[];
  /** In the order of their answers. */
  readonly exchanges: readonly Exchange<Request, Reply, Usage>[];
  /** Calls that are none to a model: method and path. */
  readonly strays: readonly string[];
  /** What an answer reports that costs nothing. */
  readonly free: Usage;
}

/** Decides from the conversation alone, so that any number of clients can talk at once; may take its time. */
export type Script<Request, Reply> = (request: Request) => Reply | Promise<Reply>;

/** What an answer says of itself. */
export interface Head<Usage> {
  /** Unique, of letters and digits. */
  readonly id: string;
  readonly model: string;
  readonly usage: Usage;
}

/** How a vendor's API is spoken. */
export interface Api<Body, Request, Reply, Usage> {
  /** What of its paths belongs to the address that clients are configured with: `/v1`. */
  readonly base: string;
  /** Finds the call of a model in a path; its first group is the model, where the body does not name it. */
  readonly call: RegExp;
  /** What the ids of its answers begin with. */
  readonly prefix: string;
  readonly free: Usage;
  requestOf(body: Body, headers: IncomingHttpHeaders, model: string): Request;
  /** What becomes of the script's answer: some requests have another one. */
  replyTo?(request: Request, scripted: Reply): Reply;
  /** What the answer reports that it cost: refused requests cost nothing, and of a broken one nobody may be told. */
  usageOf(body: Body, reply: Reply): Usage;
  respond(
    response: ServerResponse,
    head: Head<Usage>,
    reply: Reply,
    isStreamed: boolean,
  ): void | Promise<void>;
  /** The body of an answer that is an error. */
  errorBody(status: number, message?: string): object;
}

/**
 * A model on the loopback interface that says what a test's script says. It accepts any key and any parameters: what it
 * proves is how a client behaves, not that its requests are valid. It speaks no WebSocket: clients that try one fall back.
 */
export async function openModelServer<
  Body extends { readonly model?: string; readonly stream?: boolean },
  Request extends { readonly model: string },
  Reply,
  Usage,
>(
  api: Api<Body, Request, Reply, Usage>,
  script: Script<Request, Reply>,
): Promise<ModelServer<Request, Reply, Usage>> {
  const requests: Request[] = [];
  const exchanges: Exchange<Request, Reply, Usage>[] = [];
  const strays: string[] = [];
  const server = await openJsonServer(
    async (incoming, response) => {
      const text = await readBody(incoming);
      const { method = '', headers } = incoming;
      const { pathname } = new URL(incoming.url ?? '/', 'http://loopback');
      const call = method === 'POST' ? api.call.exec(pathname) : null;
      if (!call) {
        strays.push(`${method} ${pathname}`);
        const status = headers.upgrade === undefined ? 404 : 426;
        sendJson(response, status, {}, api.errorBody(status));
        return;
      }
      const body = JSON.parse(text) as Body;
      const request = api.requestOf(body, headers, call[1] ?? body.model ?? '');
      const id = `${api.prefix}${requests.push(request)}`;
      const scripted = await script(request);
      const reply = api.replyTo?.(request, scripted) ?? scripted;
      const usage = api.usageOf(body, reply);
      exchanges.push({ request, reply, usage });
      const isStreamed = body.stream === true || pathname.includes(':stream');
      await api.respond(response, { id, model: request.model, usage }, reply, isStreamed);
    },
    (error, response) => {
      // A script that throws is seen in the client's words, whose test fails by them.
      sendJson(response, 400, {}, api.errorBody(400, `script: ${String(error)}`));
    },
  );
  return {
    ...server,
    url: `${server.url}${api.base}`,
    requests,
    exchanges,
    strays,
    free: api.free,
  };
}

/** What a model told some requests that they cost, summed. */
export function spent<Request, Usage extends Readonly<Record<keyof Usage, number>>>(
  { exchanges, free }: Pick<ModelServer<Request, unknown, Usage>, 'exchanges' | 'free'>,
  isTheirs: (request: Request) => boolean,
): Usage & { readonly requests: number } {
  const theirs = exchanges.filter(({ request }) => isTheirs(request));
  const figures = Object.keys(free) as (keyof Usage)[];
  const sums = figures.map((figure) => [
    figure,
    theirs.reduce((sum, { usage }) => sum + usage[figure], 0),
  ]);
  return { ...(Object.fromEntries(sums) as Usage), requests: theirs.length };
}
