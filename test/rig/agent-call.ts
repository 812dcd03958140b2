import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { AgentAction, Fork, ToldUsage } from './agent-actions.js';
import type { AgentHello } from './agent-main.js';

interface Answer {
  readonly ok: boolean;
  readonly value: string;
}

/**
 * One running agent, held in the test's hand: it does nothing until told. Every verb settles when the agent has
 * done it and throws what the agent says when it could not.
 */
export class AgentCall {
  readonly hello: AgentHello;
  /** Settles when the agent's process let go of its connection: it ended, or was ended. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  #isOver = false;

  private constructor(hello: AgentHello, socket: Socket) {
    this.hello = hello;
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isOver = true;
        const gone = { ok: false, value: `the agent of ${hello.ticket} is gone` };
        for (const settle of this.#waiting.splice(0)) settle(gone);
        resolve();
      });
    });
  }

  /** Reads the first line of a new connection; `found` gets the call. */
  static greet(socket: Socket, found: (call: AgentCall) => void): void {
    let call: AgentCall | undefined;
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    lines.on('error', () => socket.destroy()); // readline repeats the socket's error
    lines.on('line', (line) => {
      if (call) {
        call.#waiting.shift()?.(JSON.parse(line) as Answer);
      } else {
        call = new AgentCall(JSON.parse(line) as AgentHello, socket);
        found(call);
      }
    });
  }

  get ticket(): string {
    return this.hello.ticket;
  }
  get prompt(): string {
    return this.hello.prompt;
  }
  get cwd(): string {
    return this.hello.cwd;
  }
  get env(): Readonly<Record<string, string>> {
    return this.hello.env;
  }
  get isOver(): boolean {
    return this.#isOver;
  }

  async do(action: AgentAction): Promise<string> {
    const answer = await new Promise<Answer>((resolve) => {
      if (this.#isOver) {
        resolve({ ok: false, value: `the agent of ${this.ticket} is gone` });
        return;
      }
      this.#waiting.push(resolve);
      this.#socket.write(`${JSON.stringify(action)}\n`);
    });
    if (!answer.ok) throw new Error(`agent of ${this.ticket}: ${answer.value}`);
    return answer.value;
  }

  write = (files: Readonly<Record<string, string>>) => this.do({ write: files });
  delete = (...paths: readonly string[]) => this.do({ delete: paths });
  git = (...args: readonly string[]) => this.do({ git: args });
  shell = (command: string) => this.do({ shell: command });
  commit = (message: string) => this.do({ commit: message });
  print = (line: string) => this.do({ print: line });
  usage = (usage: ToldUsage) => this.do({ usage });
  ignore = (signal: 'SIGTERM' | 'SIGINT') => this.do({ ignore: signal });

  /** A stubborn grandchild in a session of its own; its pid. */
  fork = async (how: Fork = {}) => Number(await this.do({ fork: how }));

  /** Ends it with this code; settles when it is gone. */
  exit = async (code = 0) => {
    this.#socket.write(`${JSON.stringify({ exit: code })}\n`);
    await this.ended;
  };

  /** Ends it by a signal of its own; settles when it is gone. */
  die = async (signal: NodeJS.Signals) => {
    this.#socket.write(`${JSON.stringify({ die: signal })}\n`);
    await this.ended;
  };

  /** Writes, commits and ends well: what a good agent does. */
  succeed = async (files: Readonly<Record<string, string>>) => {
    await this.write(files);
    await this.commit(`work on ${this.ticket}`);
    await this.exit(0);
  };
}
