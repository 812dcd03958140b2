import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on the loopback interface. */
export interface JsonServer extends AsyncDisposable {
  readonly url: string;
}

/** Answers every request by `answer`; what that throws goes to `mishap`. Connections end with the server. */
export async function openJsonServer(
  answer: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
  mishap: (error: unknown, response: ServerResponse) => void,
): Promise<JsonServer> {
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => mishap(error, response));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: object,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The whole body of a request. */
export async function readBody(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
