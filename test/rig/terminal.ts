import { spawn, type IPty } from '@lydell/node-pty';
import { Emulator, type Cell } from './emulator.js';
import { NeverHappened, within } from './within.js';

/** A terminal's size. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** How a program in a terminal ended. */
export interface TerminalEnd {
  readonly code: number;
  readonly signal: number;
}

/** A program in a terminal of the test's own: what it wrote is drawn by an emulator, and read from its screen. */
export class Terminal {
  readonly exited: Promise<TerminalEnd>;
  readonly #pty: IPty;
  readonly #screen: Emulator;
  readonly #chunks: string[] = [];
  #end: TerminalEnd | undefined;
  #heard: (() => void)[] = [];

  constructor(
    file: string,
    args: readonly string[],
    place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
    { columns, rows }: TerminalSize,
  ) {
    this.#screen = new Emulator(columns, rows);
    this.#pty = spawn(file, [...args], { ...place, cols: columns, rows });
    this.#pty.onData((text) => {
      this.#chunks.push(text);
      void this.#screen.write(text).then(() => this.#tell());
    });
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#end = { code: exitCode, signal: signal ?? 0 };
        this.#tell();
        resolve(this.#end);
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }
  get end(): TerminalEnd | undefined {
    return this.#end;
  }

  /** All that was written, character for character. */
  get written(): string {
    return this.#chunks.join('');
  }

  /** Lines on the screen now, blanks at their ends cut off. */
  get lines(): readonly string[] {
    return this.#screen.lines;
  }

  /** Scrollback and screen; lines that were wrapped are whole again. */
  get everything(): string {
    return this.#screen.everything;
  }

  /** The screen with how each character looks. */
  get cells(): readonly (readonly Cell[])[] {
    return this.#screen.cells;
  }

  /** The live view: from its rule to the end of the screen. */
  get view(): readonly string[] {
    const { lines } = this;
    const at = lines.findLastIndex((line) => line.startsWith('── sage '));
    return at === -1 ? [] : trimmed(lines.slice(at));
  }

  get isCursorShown(): boolean {
    const text = this.written;
    return text.lastIndexOf('\u001b[?25l') <= text.lastIndexOf('\u001b[?25h');
  }

  get cursor(): { readonly x: number; readonly y: number } {
    return this.#screen.cursor;
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  resize({ columns, rows }: TerminalSize): void {
    // A terminal draws itself anew before it tells the program.
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Settles when the screen fulfils it, all that was written being drawn; rejects with the screen when it does not. */
  async shows(isIt: (view: readonly string[]) => boolean, limitMs = 20_000): Promise<void> {
    const found = new Promise<void>((resolve) => {
      const look = () => {
        if (this.#screen.isDrawn && isIt(this.view)) resolve();
        else this.#heard.push(look);
      };
      look();
    });
    await within(
      found,
      limitMs,
      () => `the view did not come to that; the screen:\n${this.#told()}`,
    );
  }

  /** As {@link shows}, for any text in scrollback and screen. */
  async says(text: string | RegExp, limitMs = 20_000): Promise<void> {
    const isSaid = () =>
      typeof text === 'string' ? this.everything.includes(text) : text.test(this.everything);
    await this.shows(isSaid, limitMs);
  }

  async wait(limitMs = 50_000): Promise<TerminalEnd> {
    try {
      const end = await within(this.exited, limitMs, () => `it did not end:\n${this.#told()}`);
      // What it wrote last may still be on its way to the screen.
      await this.shows(() => true);
      return end;
    } catch (error) {
      if (error instanceof NeverHappened && !this.#end) this.#pty.kill('SIGKILL');
      throw error;
    }
  }

  #tell(): void {
    for (const look of this.#heard.splice(0)) look();
  }

  #told = () => this.lines.join('\n');
}

function trimmed(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}
