const LINE_LIMIT = 1024 * 1024;
const FIRST_CAPACITY = 4_096;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a stream of bytes into lines. Of a longer line the first 1 MiB is handed out and the rest is dropped, so that
 * output without line ends costs at most that much memory.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #pending = Buffer.alloc(0);
  #length = 0;
  #isInLine = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    let from = 0;
    for (let at; (at = chunk.indexOf(LINE_FEED, from)) !== -1; from = at + 1) {
      const piece = chunk.subarray(from, at);
      if (this.#length === 0) this.#hand(piece.subarray(0, LINE_LIMIT));
      else {
        this.#keep(piece);
        this.#handPending();
      }
      this.#isInLine = false;
    }
    if (from < chunk.length) {
      this.#keep(chunk.subarray(from));
      this.#isInLine = true;
    }
  }

  /** Hands out a last line that has no end. */
  end(): void {
    if (this.#isInLine) this.#handPending();
    this.#isInLine = false;
  }

  #keep(piece: Buffer): void {
    const part = piece.subarray(0, LINE_LIMIT - this.#length);
    const wanted = this.#length + part.length;
    if (wanted > this.#pending.length) {
      const larger = Buffer.alloc(
        Math.min(LINE_LIMIT, Math.max(FIRST_CAPACITY, wanted, this.#pending.length * 2)),
      );
      this.#pending.copy(larger, 0, 0, this.#length);
      this.#pending = larger;
    }
    part.copy(this.#pending, this.#length);
    this.#length = wanted;
  }

  #handPending(): void {
    const line = this.#pending.subarray(0, this.#length);
    this.#length = 0;
    this.#pending = Buffer.alloc(0);
    this.#hand(line);
  }

  #hand(line: Buffer): void {
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    this.#onLine(line.toString('utf8', 0, end));
  }
}
