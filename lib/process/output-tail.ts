import { plainText } from './plain-text.js';

const TAIL_CHARACTERS = 4_000;
/** Enough for 4,000 characters of up to 4 bytes. */
const TAIL_BYTES = 16_384;

/** Remembers the end of a stream of bytes in 16 KiB, however much passes through. */
export class OutputTail {
  readonly #ring = Buffer.alloc(TAIL_BYTES);
  #seen = 0;

  add(chunk: Buffer): void {
    const end = chunk.subarray(Math.max(0, chunk.length - TAIL_BYTES));
    const at = (this.#seen + chunk.length - end.length) % TAIL_BYTES;
    const first = end.copy(this.#ring, at);
    if (first < end.length) end.copy(this.#ring, 0, first);
    this.#seen += chunk.length;
  }

  /** The last 4,000 characters, control characters removed. */
  text(): string {
    const at = this.#seen % TAIL_BYTES;
    const bytes =
      this.#seen <= TAIL_BYTES
        ? this.#ring.subarray(0, this.#seen)
        : Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]);
    const text = plainText(bytes.toString('utf8').replace(/^\ufffd{1,3}/, ''));
    return text.slice(-TAIL_CHARACTERS).replace(/^[\udc00-\udfff]/, '');
  }
}
