import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../rig/within.js';

/** A running {@link openLimitedServer}. */
export interface LimitedServer extends AsyncDisposable {
  readonly url: string;
  /** Requests that were answered with 429. */
  readonly refused: number;
  /** So many were being served when most were. */
  readonly mostAtOnce: number;
  /** Answers what is held, and from now on at once. */
  release(): void;
  /** Settles when so many requests are held. */
  holds(count: number): Promise<void>;
}

/**
 * An API on the loopback interface that serves so many requests at once, from whomever they come, and refuses the others
 * with 429. What it serves takes until it is released.
 */
export async function openLimitedServer(limit: number): Promise<LimitedServer> {
  const held: ServerResponse[] = [];
  const counts = { refused: 0, mostAtOnce: 0 };
  let isReleased = false;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (held.length >= limit) {
        counts.refused += 1;
        response.writeHead(429, { 'retry-after': '60' }).end('{"error":"rate_limit"}');
        return;
      }
      held.push(response);
      counts.mostAtOnce = Math.max(counts.mostAtOnce, held.length);
      if (isReleased) answer();
    });
  });
  const answer = () => {
    for (const response of held.splice(0)) response.writeHead(200).end('{}');
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    get refused() {
      return counts.refused;
    },
    get mostAtOnce() {
      return counts.mostAtOnce;
    },
    release() {
      isReleased = true;
      answer();
    },
    async holds(count) {
      await until(
        () => (held.length === count ? true : undefined),
        20_000,
        () => `${held.length} requests are held, not ${count}`,
      );
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
