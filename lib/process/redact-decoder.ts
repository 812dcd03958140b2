import { isVisible } from './redact-grams.js';

const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const ESCAPE = 0x1b;
const BRACKET = 0x5b;
/** `\u` and four digits. */
const LONGEST = 6;

/** Behind a backslash: what stands for itself, and what stands for a control character. */
const THEMSELVES = bytesOf('"\\/\'');
const CONTROLS = bytesOf('bfnrt');
const HEX_2 = bytesOf('x');
const HEX_4 = bytesOf('u');

/** Whether a byte may begin something that is not what it looks like. */
export const isSpecial = (byte: number): boolean =>
  byte === BACKSLASH || byte === PERCENT || byte === ESCAPE;

/**
 * Reads through percent-encoding, the escapes of JSON and its kin, and terminal sequences: tells each visible byte that
 * they stand for, with the places of the first and the last byte of its spelling.
 */
export class RedactDecoder {
  readonly #tell: (byte: number, first: number, last: number) => void;
  readonly #pending = new Uint8Array(LONGEST);
  #length = 0;
  #sequence: 'none' | 'begun' | 'parameters' = 'none';

  constructor(tell: (byte: number, first: number, last: number) => void) {
    this.#tell = tell;
  }

  /** In the middle of a spelling. */
  get isOpen(): boolean {
    return this.#length > 0 || this.#sequence !== 'none';
  }

  add(byte: number, at: number): void {
    if (this.#length === 0 && byte !== PERCENT && byte !== BACKSLASH) {
      this.#show(byte, at, at);
      return;
    }
    this.#pending[this.#length] = byte;
    this.#length += 1;
    const start = at - this.#length + 1;
    const code = decode(this.#pending, this.#length);
    if (code === MORE) return;
    const length = this.#length;
    this.#length = 0;
    if (code < 0) this.#replay(this.#pending.slice(0, length), start);
    else if (code < 0x80 || length < LONGEST) this.#show(code, start, at);
    else for (const one of Buffer.from(String.fromCharCode(code))) this.#show(one, start, at);
  }

  /** No spelling: its first byte means itself; what follows may begin one. */
  #replay(bytes: Uint8Array, start: number): void {
    bytes.forEach((byte, index) => {
      if (index === 0) this.#show(byte, start, start);
      else this.add(byte, start + index);
    });
  }

  #show(byte: number, first: number, last: number): void {
    if (this.#sequence === 'begun') {
      this.#sequence = byte === BRACKET ? 'parameters' : 'none';
    } else if (this.#sequence === 'parameters') {
      if (byte < 0x20 || byte >= 0x40) this.#sequence = 'none';
    } else if (byte === ESCAPE) {
      this.#sequence = 'begun';
    } else if (isVisible(byte)) {
      this.#tell(byte, first, last);
    }
  }
}

const MORE = -1;
const NONE = -2;

/** The code that a spelling stands for; MORE: it is not whole; NONE: it is no spelling. */
function decode(bytes: Uint8Array, length: number): number {
  if (length === 1) return MORE;
  if (bytes[0] === PERCENT) return digits(bytes, 1, length, 2);
  const second = bytes[1] ?? 0;
  if (CONTROLS.has(second)) return 0;
  if (THEMSELVES.has(second)) return second;
  if (HEX_4.has(second)) return digits(bytes, 2, length, 4);
  return HEX_2.has(second) ? digits(bytes, 2, length, 2) : NONE;
}

function digits(bytes: Uint8Array, from: number, length: number, count: number): number {
  let code = 0;
  for (let at = from; at < length; at += 1) {
    const digit = digitOf(bytes[at] ?? 0);
    if (digit < 0) return NONE;
    code = code * 16 + digit;
  }
  return length - from < count ? MORE : code;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function bytesOf(characters: string): ReadonlySet<number> {
  return new Set(Buffer.from(characters));
}
