import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

/** Escape sequences: colours, moves of the cursor, titles. */
const ESCAPES =
  // eslint-disable-next-line no-control-regex
  /\u001b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9]|[=>78M])/g;

/** The real Claude Code in a terminal of its own, with somebody at the keys. */
export class Terminal implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<void>;
  #hasExited = false;
  #output = '';

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    this.#exited = new Promise((resolve) => {
      child.once('close', () => {
        this.#hasExited = true;
        resolve();
      });
    });
  }

  /** Starts it in the rig's checkout, past what it asks a newcomer, and waits for its prompt. */
  static async open(rig: Rig, ...args: readonly string[]): Promise<Terminal> {
    rig.tolerate('temporary files'); // The user's own session keeps some.
    await writeFile(join(rig.places.home, '.claude.json'), JSON.stringify(settledIn(rig)));
    const claude = ['claude', ...args].map((word) => `'${word}'`).join(' ');
    // script (util-linux) makes the terminal, which has no size until it is told one.
    const child = spawn('script', ['-qfec', `stty cols 120 rows 40; exec ${claude}`, '/dev/null'], {
      cwd: rig.checkout,
      env: { ...rig.env, TERM: 'xterm-256color' },
      detached: true,
    });
    const terminal = new Terminal(child);
    await terminal.shows('❯');
    return terminal;
  }

  /** What it wrote so far, without colours and moves of the cursor: words, in the order in which they were drawn. */
  get text(): string {
    return this.#output.replaceAll(ESCAPES, ' ').replaceAll(/\s+/g, ' ');
  }

  /** Types a line and presses Enter, again when the first came too early to be taken for one, until it has arrived. */
  async type(line: string, hasArrived: () => boolean): Promise<void> {
    await this.press(line);
    let pressedAt = -Infinity;
    const look = () => {
      if (hasArrived()) return true;
      if (performance.now() - pressedAt > 1_000) {
        this.#child.stdin.write('\r');
        pressedAt = performance.now();
      }
      return false;
    };
    await this.#until(look, () => `take "${line}"`);
  }

  /** Presses keys and sees something drawn: an Esc with more right behind it would be another key. */
  async press(keys: string): Promise<void> {
    const before = this.#output.length;
    this.#child.stdin.write(keys);
    await this.#until(
      () => this.#output.length > before,
      () => 'answer a key',
    );
  }

  shows(text: string, limitMs?: number): Promise<void> {
    return this.#until(
      () => this.text.includes(text),
      () => `show "${text}"`,
      limitMs,
    );
  }

  async #until(isSo: () => boolean, what: () => string, limitMs = 20_000): Promise<void> {
    await until(
      () => (isSo() ? true : undefined),
      limitMs,
      () => `the terminal did not ${what()}; it ends:\n${this.text.slice(-3_000)}`,
    );
  }

  /** Leaves as a user does. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.type('/exit', () => this.#hasExited);
    } finally {
      this.#child.kill('SIGKILL');
      await this.#exited;
    }
  }
}

/** What Claude Code remembers of somebody who has used it in this folder before. */
const settledIn = (rig: Rig) => ({
  hasCompletedOnboarding: true,
  customApiKeyResponses: { approved: [rig.env['ANTHROPIC_API_KEY']], rejected: [] },
  projects: {
    [rig.checkout]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
  },
});
