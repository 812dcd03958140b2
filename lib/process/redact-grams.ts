/** A value that no output may show, and what stands in its place: `key-2` is shown as `[key-2]`. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** So many characters of a secret, one after the other, are a part that must not be seen. */
export const PART_LENGTH = 8;
/** Of a longer value only the beginning is known: a bound on the table, far above any key. */
const MOST_BYTES = 16 * 1024;
/** Whole base64 characters of a value begin behind those that it shares with what stands before it. */
const SHARED_WITH_BEFORE = [0, 2, 3] as const;

/**
 * All parts of all secrets, plain and in the encodings that do not show them, to be asked for the last eight bytes of a
 * stream: as two numbers, the earlier four bytes and the later four.
 */
export class Grams {
  /** Whether a part may have this hash; one in about thirty says so wrongly. */
  readonly filter: Uint8Array;
  /** For {@link gramHash}. */
  readonly shift: number;
  readonly #names = new Map<number, Map<number, readonly string[]>>();

  constructor(secrets: readonly Secret[]) {
    let count = 0;
    for (const { name, value } of secrets) {
      for (const form of formsOf(value)) count += this.#addParts(form, `[${name}]`);
    }
    const bits = Math.min(22, Math.max(14, Math.ceil(Math.log2(count + 1)) + 5));
    this.shift = 32 - bits;
    this.filter = new Uint8Array(2 ** bits);
    for (const [high, lows] of this.#names) {
      for (const low of lows.keys()) this.filter[gramHash(high, low, this.shift)] = 1;
    }
  }

  /** What stands for the secrets that have this part. */
  labels(high: number, low: number): readonly string[] | undefined {
    return this.#names.get(high)?.get(low);
  }

  #addParts(form: Buffer, label: string): number {
    const parts = Math.max(0, form.length - PART_LENGTH + 1);
    for (let at = 0; at < parts; at += 1) {
      const high = form.readInt32BE(at);
      const low = form.readInt32BE(at + 4);
      const lows = this.#names.get(high) ?? new Map<number, readonly string[]>();
      this.#names.set(high, lows);
      const known = lows.get(low) ?? [];
      if (!known.includes(label)) lows.set(low, [...known, label]);
    }
    return parts;
  }
}

export const gramHash = (high: number, low: number, shift: number): number =>
  (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) >>> shift;

/** Neither ends a line nor moves a cursor. Such bytes are not looked at: a key may be broken over lines. */
export const isVisible = (byte: number): boolean => byte >= 0x20 && byte !== 0x7f;

/** A value as it may be printed. Percent-encoded and JSON-escaped text is decoded where it is read, in all its spellings. */
function formsOf(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value, 'utf8').subarray(0, MOST_BYTES);
  const hex = bytes.toString('hex');
  return [
    Buffer.from(bytes.filter(isVisible)),
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    ...base64FormsOf(bytes, { isEnd: true }),
  ];
}

/**
 * These bytes in base64, without the characters that they share with what stands before them, at each place that they may
 * have in what is encoded and in both alphabets. With `isEnd` the last character is there, too, as it is where nothing
 * follows.
 */
export function base64FormsOf(
  bytes: Buffer,
  { isEnd }: { readonly isEnd: boolean },
): readonly Buffer[] {
  const texts = SHARED_WITH_BEFORE.map((shared, before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const isWhole = isEnd || (before + bytes.length) % 3 === 0;
    return text.slice(shared, isWhole ? undefined : -1);
  });
  const others = texts.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([...texts, ...others])].map((text) => Buffer.from(text));
}
