import type { IncomingMessage, ServerResponse } from 'node:http';
import { openJsonServer, sendJson } from './json-server.js';

/** An answer to one request: a page of issues, or what goes wrong. */
export type IssueAnswer =
  | { readonly page: readonly unknown[]; readonly next?: string }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string }
  | { readonly silence: true };

/** A request as the server saw it. */
export interface IssueRequest {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A running {@link openIssueServer}. */
export interface IssueServer extends AsyncDisposable {
  /** What `requirements.api` names. */
  readonly url: string;
  readonly requests: readonly IssueRequest[];
}

/** An API on the loopback interface that lists issues as GitHub does: the answers in their order, the last one again. */
export async function openIssueServer(...answers: readonly IssueAnswer[]): Promise<IssueServer> {
  const requests: IssueRequest[] = [];
  const answer = (incoming: IncomingMessage, response: ServerResponse) => {
    const next = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({ url: incoming.url ?? '', authorization: incoming.headers.authorization });
    if (next && 'page' in next) {
      const link = next.next === undefined ? {} : { link: `<${next.next}>; rel="next"` };
      sendJson(response, 200, link, next.page);
    } else if (next && 'text' in next) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(next.text);
    } else if (next && 'status' in next) {
      response.writeHead(next.status, next.headers).end('{"message":"no"}');
    }
    return Promise.resolve();
  };
  const server = await openJsonServer(answer, (error) => {
    throw error;
  });
  return {
    url: `${server.url}/repos/me/it`,
    requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
