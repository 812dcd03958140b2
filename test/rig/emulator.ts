import xterm from '@xterm/headless';

/** One character of the screen as it looks. */
export interface Cell {
  /** One character as a person sees it; a blank where nothing was written. */
  readonly text: string;
  /** Columns it takes: 1 or 2. */
  readonly columns: number;
  /** Of the terminal's palette, from 0; absent where the terminal's own colour stands. */
  readonly colour?: number;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** A terminal without a window: takes what programs write and answers what a person would see. */
export class Emulator {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  #pending = 0;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 5_000,
      allowProposedApi: true,
    });
  }

  /** Settles when it is drawn. */
  write(text: string): Promise<void> {
    this.#pending += 1;
    return new Promise((resolve) => {
      this.#terminal.write(text, () => {
        this.#pending -= 1;
        resolve();
      });
    });
  }

  /** Whether all that was written is drawn. */
  get isDrawn(): boolean {
    return this.#pending === 0;
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  get columns(): number {
    return this.#terminal.cols;
  }
  get rows(): number {
    return this.#terminal.rows;
  }

  /** Lines on the screen, blanks at their ends cut off. */
  get lines(): readonly string[] {
    return this.#from(this.#terminal.buffer.active.baseY);
  }

  /** The screen, row by row, with how each character looks. */
  get cells(): readonly (readonly Cell[])[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.rows }, (_, index) => {
      const line = active.getLine(active.baseY + index);
      return Array.from({ length: this.columns }, (_column, x) => line?.getCell(x)).flatMap(
        (cell) =>
          // The second column of a wide character is a cell without a width.
          !cell || cell.getWidth() === 0
            ? []
            : [
                {
                  text: cell.getChars() || ' ',
                  columns: cell.getWidth(),
                  ...(cell.isFgPalette() ? { colour: cell.getFgColor() } : {}),
                  isBold: cell.isBold() !== 0,
                  isDim: cell.isDim() !== 0,
                },
              ],
      );
    });
  }

  /** Scrollback and screen; lines that were wrapped are whole again. */
  get everything(): string {
    const { active } = this.#terminal.buffer;
    return this.#from(0)
      .map((line, index) => (index > 0 && active.getLine(index)?.isWrapped ? line : `\n${line}`))
      .join('')
      .trim();
  }

  /** From 0, within the screen. */
  get cursor(): { readonly x: number; readonly y: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  #from(first: number): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: active.baseY + this.rows - first },
      (_, index) => active.getLine(first + index)?.translateToString(true) ?? '',
    );
  }
}
