/** Something wrong in a JSON text. `offset` counts UTF-16 code units from the start of the text. */
export interface JsonProblem {
  readonly kind: 'syntax' | 'duplicate-key' | 'too-deep';
  readonly offset: number;
  /** What is there and what was expected. */
  readonly message: string;
  /** A likely cause and the way out, where the text gives one away. */
  readonly hint?: string;
}

/** Thrown by a scan, caught by whoever started it: unwinds from the place of a fault that ends the reading. */
export class JsonFault extends Error {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** A value that is neither object nor array. */
export type JsonPrimitive = string | number | boolean | null;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;
const KEYS_KEPT = 10_000;

/** A key that was read before. */
interface Key {
  readonly text: string;
  /** The key that followed it last time: objects of one kind write theirs in one order. */
  next: Key | undefined;
}

/** Reads the tokens of a JSON text (RFC 8259) one after the other; a byte order mark in front is passed over. */
export class JsonScan {
  readonly text: string;
  /** Where the next token begins. */
  at: number;
  readonly #known = new Map<string, Key>();
  #key: Key = { text: '', next: undefined };

  constructor(text: string) {
    this.text = text;
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** The code unit here; NaN at the end of the text. */
  code(): number {
    return this.text.charCodeAt(this.at);
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    const { text } = this;
    let { at } = this;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      at += 1;
    }
    this.at = at;
  }

  /**
   * Reads a key. One string object per key: whoever looks for a key among many compares addresses, not letters. The
   * likely one is compared in place, which needs neither a copy of it nor a look-up.
   */
  readKey(expected: string): string {
    const { text, at } = this;
    if (text.charCodeAt(at) !== QUOTE) this.expected(expected);
    const likely = this.#key.next;
    if (likely !== undefined) {
      const end = at + 1 + likely.text.length;
      if (text.charCodeAt(end) === QUOTE && text.startsWith(likely.text, at + 1)) {
        this.at = end + 1;
        this.#key = likely;
        return likely.text;
      }
    }
    const read = this.readString();
    const key = this.#keyOf(read);
    // With an escape in it a key does not stand in the text as it reads.
    if (this.at - at === read.length + 2) this.#key.next = key;
    this.#key = key;
    return key.text;
  }

  #keyOf(text: string): Key {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= KEYS_KEPT) return { text, next: undefined };
    const key = { text: Object.keys({ [text]: true })[0] ?? text, next: undefined };
    this.#known.set(key.text, key);
    return key;
  }

  readString(): string {
    const { text, at: start } = this;
    let hasEscape = false;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return hasEscape ? this.#unescape(start, at + 1) : text.slice(start + 1, at);
      }
      if (code === BACKSLASH) {
        hasEscape = true;
        at += 1;
      } else if (code < 0x20) {
        this.at = at;
        const shown = code === 10 || code === 13 ? 'a line break' : 'a bare control character';
        this.fail(`${shown} inside a string; expected its closing quote`);
      }
    }
    this.at = text.length;
    return this.fail(`the text ends inside a string; expected its closing quote`);
  }

  #unescape(start: number, end: number): string {
    const raw = this.text.slice(start, end);
    const bad = /\\(?!["\\/bfnrt]|u[\dA-Fa-f]{4})/.exec(raw.replace(/\\\\/g, '__'));
    if (bad) {
      this.at = start + bad.index;
      this.fail(
        `${quote(raw.slice(bad.index, bad.index + 2))} is no escape; expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX`,
      );
    }
    try {
      return JSON.parse(raw) as string;
    } catch {
      this.at = start;
      return this.fail('the string cannot be read; expected well-formed escapes');
    }
  }

  readWordOrNumber(): JsonPrimitive {
    const { text, at: start } = this;
    for (const [word, value] of WORDS) {
      if (!text.startsWith(word, start)) continue;
      this.at = start + word.length;
      return value;
    }
    NUMBER.lastIndex = start;
    if (!NUMBER.test(text)) return this.expected('a value');
    this.at = NUMBER.lastIndex;
    return Number(text.slice(start, this.at));
  }

  /** Gives up because something else stands here. */
  expected(what: string): never {
    const found = this.isAtEnd()
      ? 'the text ends here'
      : `found ${quote(/^(?:[\w.+-]{1,20}|.)/su.exec(this.text.slice(this.at, this.at + 24))?.[0] ?? '')}`;
    return this.fail(`${found}; expected ${what}`);
  }

  /** Gives up here. */
  fail(message: string): never {
    const hint = likelyCause(this.text, this.at);
    throw new JsonFault({
      kind: 'syntax',
      offset: this.at,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** A key or value as it is named in a message. */
export const quote = (text: string) => JSON.stringify(text);

function likelyCause(text: string, at: number): string | undefined {
  const here = text.slice(at, at + 8);
  const before = text.slice(Math.max(0, at - 200), at).trimEnd();
  if (/^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)/.test(here)) {
    return 'These are the marks of an unfinished git merge: resolve the conflict in this file.';
  }
  if (/^(?:\/\/|\/\*|#)/.test(here)) return 'JSON has no comments: remove it.';
  if (here.startsWith("'")) return 'JSON strings stand in double quotes.';
  if (/^[}\]]/.test(here) && before.endsWith(',')) return 'Remove the comma before it.';
  if (/^(?:NaN|-?Infinity|undefined|None|True|False)/.test(here)) {
    return 'This word is not JSON: write null, true, false or a number.';
  }
  if (here.startsWith('"')) return 'A comma is probably missing before it.';
  if (at >= text.length) return 'The file was probably cut off: restore it from git or a backup.';
  return undefined;
}
