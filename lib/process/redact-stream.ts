import { isSpecial, RedactDecoder } from './redact-decoder.js';
import { gramHash, isVisible, PART_LENGTH, type Grams } from './redact-grams.js';
import { RedactRuns } from './redact-runs.js';

const LINE_FEED = 0x0a;
/** Never more is held back, however a byte is spelt. */
const MOST_HELD = 64;

/**
 * A stream of bytes without the secrets in it, in one walk over it and a few bytes of memory. What is written is looked at
 * as it stands and as it reads decoded, across the ends of lines. Behind the last end of a line the few bytes that might
 * begin a part are held back until more comes; a line is never held back. So of a secret that is broken off there at most
 * seven characters are seen.
 */
export class RedactStream {
  readonly #grams: Grams;
  readonly #runs = new RedactRuns();
  readonly #decoder = new RedactDecoder((...told) => this.#addDecoded(...told));
  #held: Buffer = Buffer.alloc(0);
  /** Place in the stream of the first byte that was not let go. */
  #offset = 0;
  #high = 0;
  #low = 0;
  /** The same of the decoded text, for as long as it differs. */
  #decodedHigh = 0;
  #decodedLow = 0;
  #isAlike = true;
  /** Where the last eight decoded bytes begin, in a ring; the oldest is the next to go. */
  readonly #starts = new Float64Array(PART_LENGTH);
  #next = 0;
  /** Decoded bytes since the last that was spelt otherwise. */
  #sinceSpelt = 0;

  constructor(grams: Grams) {
    this.#grams = grams;
  }

  /** What may be seen now. */
  add(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const lineStart = this.#scan(bytes, this.#held.length);
    const free = Math.max(lineStart, bytes.length - this.#wanted(bytes.length));
    this.#held = Buffer.from(bytes.subarray(free));
    return this.#release(bytes.subarray(0, free), false);
  }

  /** What was held back; the stream has ended. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return this.#release(rest, true);
  }

  #release(bytes: Buffer, isLast: boolean): Buffer {
    const shown = this.#runs.release(bytes, this.#offset, isLast);
    this.#offset += bytes.length;
    return shown;
  }

  /** How many bytes at the end, of so many, may begin a part. */
  #wanted(length: number): number {
    const start = this.#starts[(this.#next + 1) % PART_LENGTH] ?? 0;
    const decoded = this.#isAlike ? 0 : this.#offset + length - start;
    return Math.min(length, MOST_HELD, Math.max(PART_LENGTH - 1, decoded));
  }

  /** Looks at the bytes from `from` on; answers where the last line begins. */
  #scan(bytes: Buffer, from: number): number {
    const { filter, shift } = this.#grams;
    let lineStart = 0;
    let high = this.#high;
    let low = this.#low;
    let isAlike = this.#isAlike;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (!isAlike || isSpecial(byte)) {
        if (isAlike) this.#openDecoded(bytes, at, high, low);
        isAlike = this.#decode(byte, at);
      }
      if (!isVisible(byte)) {
        if (byte === LINE_FEED) lineStart = at + 1;
        continue;
      }
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | byte;
      if (filter[gramHash(high, low, shift)] === 0) continue;
      const labels = this.#grams.labels(high, low);
      if (labels) this.#mark(this.#offset + startOf(bytes, at), this.#offset + at + 1, labels);
    }
    this.#high = high;
    this.#low = low;
    this.#isAlike = isAlike;
    return lineStart;
  }

  #mark(start: number, end: number, labels: readonly string[]): void {
    this.#runs.mark(Math.max(start, this.#offset), end, labels);
  }

  /** The decoded text begins to differ: up to here it was the same. */
  #openDecoded(bytes: Buffer, at: number, high: number, low: number): void {
    this.#decodedHigh = high;
    this.#decodedLow = low;
    this.#starts.fill(this.#offset);
    this.#next = 0;
    for (let back = at - 1, slot = PART_LENGTH - 1; back >= 0 && slot >= 0; back -= 1) {
      if (!isVisible(bytes[back] ?? 0)) continue;
      this.#starts[slot] = this.#offset + back;
      slot -= 1;
    }
  }

  /** Whether the decoded text is the same again. */
  #decode(byte: number, at: number): boolean {
    const decoder = this.#decoder;
    if (isSpecial(byte) || decoder.isOpen) this.#sinceSpelt = 0;
    decoder.add(byte, this.#offset + at);
    return this.#sinceSpelt > PART_LENGTH && !decoder.isOpen;
  }

  #addDecoded(byte: number, first: number, last: number): void {
    this.#sinceSpelt += 1;
    this.#starts[this.#next] = first;
    this.#next = (this.#next + 1) % PART_LENGTH;
    const high = (this.#decodedHigh << 8) | (this.#decodedLow >>> 24);
    const low = (this.#decodedLow << 8) | byte;
    this.#decodedHigh = high;
    this.#decodedLow = low;
    const { filter, shift } = this.#grams;
    if (filter[gramHash(high, low, shift)] === 0) return;
    const labels = this.#grams.labels(high, low);
    if (labels) this.#mark(this.#starts[this.#next] ?? first, last + 1, labels);
  }
}

/** Where the eight visible bytes begin that end at `at`, as far as they are here. */
function startOf(bytes: Buffer, at: number): number {
  let start = at;
  for (let missing = PART_LENGTH - 1; missing > 0 && start > 0;) {
    start -= 1;
    if (isVisible(bytes[start] ?? 0)) missing -= 1;
  }
  return start;
}
