import { createServer, type Server } from 'node:net';
import { AgentCall } from './agent-call.js';
import { within } from './within.js';

/** Where unscripted test agents report; the test takes their calls one by one. */
export class AgentChannel {
  readonly #server: Server;
  readonly #calls: AgentCall[] = [];
  readonly #all: AgentCall[] = [];
  readonly #waiting: { readonly ticket?: string; readonly take: (call: AgentCall) => void }[] = [];

  #serve: ((call: AgentCall) => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(socketPath: string): Promise<AgentChannel> {
    const server = createServer();
    const channel = new AgentChannel(server);
    server.on('connection', (socket) => AgentCall.greet(socket, (call) => channel.#arrived(call)));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(socketPath, resolve);
    });
    return channel;
  }

  /** The next call that nobody took yet, in order of arrival. */
  next(limitMs = 20_000): Promise<AgentCall> {
    return this.#take(undefined, limitMs);
  }

  /** The next untaken call for this ticket. */
  for(ticket: string, limitMs = 20_000): Promise<AgentCall> {
    return this.#take(ticket, limitMs);
  }

  /** From now on calls that nobody waits for are given to `work`, those already there first. */
  serve(work: (call: AgentCall) => Promise<void>): void {
    this.#serve = (call) => {
      work(call).catch((error: unknown) => {
        process.stderr.write(`a served agent failed: ${String(error)}\n`);
      });
    };
    for (const call of this.#calls.splice(0)) this.#serve(call);
  }

  /** Tickets of calls that arrived and were not taken. */
  get untaken(): readonly string[] {
    return this.#calls.map((call) => call.ticket);
  }

  /** Calls whose agents still run. */
  get running(): readonly AgentCall[] {
    return this.#all.filter((call) => !call.isOver);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const call of this.running) await call.exit(1);
    await closed;
  }

  #arrived(call: AgentCall): void {
    this.#all.push(call);
    const found = this.#waiting.findIndex(({ ticket }) => !ticket || ticket === call.ticket);
    const waiter = this.#waiting.splice(found, found < 0 ? 0 : 1)[0];
    if (waiter) waiter.take(call);
    else if (this.#serve) this.#serve(call);
    else this.#calls.push(call);
  }

  #take(ticket: string | undefined, limitMs: number): Promise<AgentCall> {
    const found = this.#calls.findIndex((call) => !ticket || call.ticket === ticket);
    const ready = this.#calls.splice(found, found < 0 ? 0 : 1)[0];
    if (ready) return Promise.resolve(ready);
    const taken = new Promise<AgentCall>((take) => {
      this.#waiting.push({ ...(ticket ? { ticket } : {}), take });
    });
    return within(taken, limitMs, () => {
      const others = this.untaken.join(', ') || 'none';
      return `no agent was called${ticket ? ` for ${ticket}` : ''}; calls not taken: ${others}`;
    });
  }
}
