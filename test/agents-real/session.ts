import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';
import type { Rig } from '../rig/rig.js';
import { within } from '../rig/within.js';

/** A line that Claude Code writes with `--output-format stream-json`, as far as tests look at it. */
interface Line {
  readonly type: string;
  readonly result?: string;
}

/** A session of the real Claude Code in which somebody says one thing after the other; nobody grants a permission. */
export class Session implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  readonly #results: string[] = [];
  #look: () => void = () => undefined;
  #rest = '';
  #said = 0;

  constructor(rig: Rig, plugin = repositoryRoot) {
    rig.tolerate('temporary files'); // The user's own session keeps some.
    const forms = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
    const args = ['-p', ...forms, '--plugin-dir', plugin];
    this.#child = spawn(join(rig.places.bin, 'claude'), args, {
      cwd: rig.checkout,
      env: rig.env,
      detached: true,
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.#look();
        resolve();
      });
    });
  }

  /** Says something, a slash command or words. */
  begin(text: string): void {
    this.#said += 1;
    const message = { role: 'user', content: text };
    this.#child.stdin.write(`${JSON.stringify({ type: 'user', message })}\n`);
  }

  /** What was answered to the last that was said. */
  async answer(): Promise<string> {
    const come = new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.#results.length >= this.#said || this.#child.exitCode !== null) resolve();
      };
      this.#look();
    });
    await within(come, 40_000, () => `no answer but ${JSON.stringify(this.#results)}`);
    const answer = this.#results[this.#said - 1];
    if (answer === undefined) throw new Error('the session ended without an answer');
    return answer;
  }

  /** Says something and hears the answer. */
  say(text: string): Promise<string> {
    this.begin(text);
    return this.answer();
  }

  /** Ends it at once; what it started lives on. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const { type, result } = JSON.parse(line) as Line;
      if (type === 'result') this.#results.push(result ?? '');
    }
    this.#look();
  }

  /** Leaves it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await within(this.#ended, 20_000, () => 'the session did not end').catch(() => this.kill());
  }
}
