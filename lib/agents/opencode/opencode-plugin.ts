// Loaded by OpenCode, in whose process it runs: nothing else of sage is in reach. OpenCode keeps its retries to itself,
// makes five of them and obeys a Retry-After of any length; this tells each as a line of the output, and ends the
// session where waiting on is the orchestrator's business.

/** Longer waits are not OpenCode's to make. Milliseconds. */
const LONGEST_WAIT_MS = 60_000;
const RETRIES = 1;

interface Plugin {
  readonly client: {
    readonly session: {
      abort(request: { readonly path: { readonly id: string } }): Promise<unknown>;
    };
  };
}

interface Event {
  readonly type: string;
  readonly properties: {
    readonly sessionID?: string;
    /** `next`: when it tries again, in milliseconds since 1970. */
    readonly status?: {
      readonly type: string;
      readonly attempt: number;
      readonly message: string;
      readonly next: number;
    };
  };
}

export const tellRetries = ({ client }: Plugin) => {
  const refusal = watchRefusals();
  return {
    async event({ event: { type, properties } }: { readonly event: Event }): Promise<void> {
      const { sessionID, status } = properties;
      if (type !== 'session.status' || status?.type !== 'retry' || sessionID === undefined) return;
      const { attempt, message, next } = status;
      const delayMs = Math.max(0, next - Date.now());
      const gaveUp = attempt > RETRIES || delayMs > LONGEST_WAIT_MS;
      const told = { type: 'sage.retry', sessionID, attempt, message, delayMs, gaveUp };
      process.stdout.write(`${JSON.stringify({ ...told, ...refusal() })}\n`);
      if (gaveUp) await client.session.abort({ path: { id: sessionID } });
    },
  };
};

/** What the last answer over HTTP was, where it was a refusal: the event does not say. */
function watchRefusals(): () => { status?: number; retryAfter?: string } {
  let last: { status?: number; retryAfter?: string } = {};
  globalThis.fetch = new Proxy(globalThis.fetch, {
    async apply(fetch, self, given) {
      last = {};
      const response = (await Reflect.apply(fetch, self, given)) as Response;
      if (!response.ok) {
        const after = response.headers.get('retry-after');
        last = { status: response.status, ...(after === null ? {} : { retryAfter: after }) };
      }
      return response;
    },
  });
  return () => last;
}
