import { spawn, type ChildProcess } from 'node:child_process';
import { NeverHappened, within } from './within.js';

/** How a program ended. */
export interface ProgramEnd {
  /** 128 + signal number is not used: a signal leaves `code` null. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program of the test, leader of its own process group as under a shell. */
export class Program {
  readonly name: string;
  readonly exited: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #heard: (() => void)[] = [];
  #end: ProgramEnd | undefined;
  #stdout = '';
  #stderr = '';

  constructor(file: string, args: readonly string[], cwd: string, env: Record<string, string>) {
    this.name = args.join(' ');
    const child = spawn(file, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#tell();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#tell();
    });
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#stderr += String(error);
      });
      child.once('close', (code, signal) => {
        this.#end = { code, signal, stdout: this.#stdout, stderr: this.#stderr };
        this.#tell();
        resolve(this.#end);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }
  get stdout(): string {
    return this.#stdout;
  }
  get stderr(): string {
    return this.#stderr;
  }
  get end(): ProgramEnd | undefined {
    return this.#end;
  }

  /** To the program alone, as `kill` does. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ctrl-C: to the program's whole process group, as a terminal does. */
  pressCtrlC(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  /** Settles when standard output or error contains `text`; rejects when the program ends or time passes first. */
  async says(text: string | RegExp, limitMs = 20_000): Promise<void> {
    const isSaid = () =>
      [this.#stdout, this.#stderr].some((said) =>
        typeof text === 'string' ? said.includes(text) : text.test(said),
      );
    const said = new Promise<boolean>((resolve) => {
      const look = () => {
        if (isSaid()) {
          resolve(true);
          return;
        }
        if (this.#end) {
          resolve(false);
          return;
        }
        this.#heard.push(look);
      };
      look();
    });
    const describe = () => `"${this.name}" did not say ${String(text)}; ${this.#tail()}`;
    if (!(await within(said, limitMs, describe))) throw new NeverHappened(describe(), 0);
  }

  /** Its end. A program that does not end is killed with its group, and the test is told what it had said. */
  async wait(limitMs = 50_000): Promise<ProgramEnd> {
    try {
      return await within(
        this.exited,
        limitMs,
        () => `"${this.name}" did not end; ${this.#tail()}`,
      );
    } catch (error) {
      process.kill(-this.pid, 'SIGKILL');
      throw error;
    }
  }

  #tell(): void {
    for (const look of this.#heard.splice(0)) look();
  }

  #tail(): string {
    return `it said:\n${this.#stdout.slice(-2_000)}\n${this.#stderr.slice(-2_000)}`;
  }
}
