import type { JsonArray, JsonMember, JsonNode, JsonObject } from './json-node.js';

/** Something wrong in a JSON text. `offset` counts UTF-16 code units from the start of the text. */
export interface JsonProblem {
  readonly kind: 'syntax' | 'duplicate-key' | 'too-deep';
  readonly offset: number;
  /** What is there and what was expected. */
  readonly message: string;
  /** A likely cause and the way out, where the text gives one away. */
  readonly hint?: string;
}

/** What {@link parseJsonText} found: a value unless the syntax is broken. */
export interface JsonText {
  readonly root?: JsonNode;
  /** Sorted by offset; a syntax error is always the last one, as reading stops there. */
  readonly problems: readonly JsonProblem[];
}

/** No index nests deeper than a handful of levels; whoever walks the nodes may recurse up to here. */
export const DEPTH_LIMIT = 500;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;
const SMALL_OBJECT = 24;
const KEYS_KEPT = 10_000;

type Mutable =
  | { kind: 'array'; start: number; end: number; items: JsonNode[] }
  | { kind: 'object'; start: number; end: number; members: JsonMember[] };

/** Thrown and caught within this file only: unwinds from the place of a syntax error. */
class SyntaxFault extends Error {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Takes the items of one array as they are read, so that a long text needs no nodes for all of them at once. */
export interface ItemSink {
  /** Arrays under this key of the object at the top. */
  readonly key: string;
  /**
   * Called for each item in order, before the rest of the text is known to be well formed; the item is not kept in
   * `items` of its array, which is the same object for all items of one array.
   */
  take(item: JsonNode, array: JsonArray): void;
}

/**
 * Reads a JSON text (RFC 8259) into nodes that know their places. Linear, without recursion, never throws.
 * A byte order mark in front and any line ends are fine. It exists because no library both keeps
 * places and allows edits that leave every other byte alone.
 */
export function parseJsonText(text: string, sink?: ItemSink): JsonText {
  const problems: JsonProblem[] = [];
  try {
    return { root: new Reader(text, problems, sink).read(), problems };
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return { problems: [...problems, error.problem] };
  }
}

class Reader {
  readonly #text: string;
  readonly #problems: JsonProblem[];
  readonly #sink: ItemSink | undefined;
  readonly #open: Mutable[] = [];
  /** The key waiting for its value in each open object; unused for arrays. */
  readonly #keys: { key: string; start: number; end: number }[] = [];
  readonly #known = new Map<string, string>();
  #at = 0;

  constructor(text: string, problems: JsonProblem[], sink: ItemSink | undefined) {
    this.#text = text;
    this.#sink = sink;
    this.#problems = problems;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  read(): JsonNode {
    this.#skipSpace();
    if (this.#at >= this.#text.length) this.#fail('the text is empty; expected a JSON value');
    for (;;) {
      let done = this.#readValue();
      while (done !== undefined) {
        const container = this.#open.at(-1);
        if (container === undefined) return this.#finish(done);
        this.#put(container, done);
        done = this.#continueOrClose(container);
      }
    }
  }

  #finish(root: JsonNode): JsonNode {
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#expected('the end of the text after the value');
    return root;
  }

  /** Reads a scalar or an empty container whole; opens any other container and answers nothing. */
  #readValue(): JsonNode | undefined {
    const start = this.#at;
    switch (this.#text.charCodeAt(start)) {
      case 0x22: {
        const value = this.#readString();
        return { kind: 'scalar', start, end: this.#at, value };
      }
      case 0x7b:
        return this.#openObject(start);
      case 0x5b:
        return this.#openArray(start);
      default:
        return this.#readWordOrNumber(start);
    }
  }

  #openObject(start: number): JsonNode | undefined {
    const node: Mutable = { kind: 'object', start, end: start, members: [] };
    this.#enter();
    if (this.#text.charCodeAt(this.#at) === 0x7d) return this.#close(node);
    this.#open.push(node);
    this.#readKey('a key in double quotes or "}"');
    return undefined;
  }

  #openArray(start: number): JsonNode | undefined {
    const node: Mutable = { kind: 'array', start, end: start, items: [] };
    this.#enter();
    if (this.#text.charCodeAt(this.#at) === 0x5d) return this.#close(node);
    this.#open.push(node);
    return undefined;
  }

  #enter(): void {
    if (this.#open.length >= DEPTH_LIMIT) {
      throw new SyntaxFault({
        kind: 'too-deep',
        offset: this.#at,
        message: `the text nests deeper than ${DEPTH_LIMIT} levels`,
      });
    }
    this.#at += 1;
    this.#skipSpace();
  }

  #close(node: Mutable): JsonNode {
    this.#at += 1;
    node.end = this.#at;
    return node;
  }

  #put(container: Mutable, value: JsonNode): void {
    if (container.kind === 'array') {
      if (this.#isSunk()) this.#sink?.take(value, container);
      else container.items.push(value);
      return;
    }
    const key = this.#keys.pop();
    if (key === undefined) return;
    container.members.push({ key: key.key, keyStart: key.start, keyEnd: key.end, value });
  }

  /** Whether the innermost open container is the array of the sink: the top is its object, so one key is waiting. */
  #isSunk(): boolean {
    return (
      this.#sink !== undefined &&
      this.#open.length === 2 &&
      this.#open[0]?.kind === 'object' &&
      this.#keys[0]?.key === this.#sink.key
    );
  }

  /** After a value inside a container: moves on to the next value, or closes and answers the container. */
  #continueOrClose(container: Mutable): JsonNode | undefined {
    this.#skipSpace();
    const code = this.#text.charCodeAt(this.#at);
    const isObject = container.kind === 'object';
    if (code === 0x2c) {
      this.#at += 1;
      this.#skipSpace();
      if (isObject) this.#readKey('a key in double quotes after ","');
      else if (this.#text.charCodeAt(this.#at) === 0x5d) this.#expected('a value after ","');
      return undefined;
    }
    if (code !== (isObject ? 0x7d : 0x5d)) this.#expected(isObject ? '"," or "}"' : '"," or "]"');
    this.#open.pop();
    if (isObject) this.#reportDuplicates(container);
    return this.#close(container);
  }

  #readKey(expected: string): void {
    const start = this.#at;
    if (this.#text.charCodeAt(start) !== 0x22) this.#expected(expected);
    const key = this.#intern(this.#readString());
    this.#keys.push({ key, start, end: this.#at });
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== 0x3a) this.#expected(`":" after the key ${quote(key)}`);
    this.#at += 1;
    this.#skipSpace();
  }

  /** One string object per key: whoever looks for a key among many compares addresses, not letters. */
  #intern(key: string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= KEYS_KEPT) return key;
    const interned = Object.keys({ [key]: true })[0] ?? key;
    this.#known.set(key, interned);
    return interned;
  }

  #readString(): string {
    const text = this.#text;
    const start = this.#at;
    let hasEscape = false;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return hasEscape ? this.#unescape(start, at + 1) : text.slice(start + 1, at);
      }
      if (code === 0x5c) {
        hasEscape = true;
        at += 1;
      } else if (code < 0x20) {
        this.#at = at;
        const shown = code === 10 || code === 13 ? 'a line break' : 'a bare control character';
        this.#fail(`${shown} inside a string; expected its closing quote`);
      }
    }
    this.#at = text.length;
    return this.#fail(`the text ends inside a string; expected its closing quote`);
  }

  #unescape(start: number, end: number): string {
    const raw = this.#text.slice(start, end);
    const bad = /\\(?!["\\/bfnrt]|u[\dA-Fa-f]{4})/.exec(raw.replace(/\\\\/g, '__'));
    if (bad) {
      this.#at = start + bad.index;
      this.#fail(
        `${quote(raw.slice(bad.index, bad.index + 2))} is no escape; expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX`,
      );
    }
    try {
      return JSON.parse(raw) as string;
    } catch {
      this.#at = start;
      return this.#fail('the string cannot be read; expected well-formed escapes');
    }
  }

  #readWordOrNumber(start: number): JsonNode {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, start)) continue;
      this.#at = start + word.length;
      return { kind: 'scalar', start, end: this.#at, value };
    }
    NUMBER.lastIndex = start;
    const number = NUMBER.exec(this.#text)?.[0];
    if (number === undefined) return this.#expected('a value');
    this.#at = start + number.length;
    return { kind: 'scalar', start, end: this.#at, value: Number(number) };
  }

  #reportDuplicates(object: JsonObject): void {
    const { members } = object;
    const seen = members.length > SMALL_OBJECT ? new Set<string>() : undefined;
    for (let index = 0; index < members.length; index += 1) {
      const member = members[index];
      if (member === undefined) continue;
      const { key } = member;
      let isRepeat = false;
      if (seen !== undefined) {
        isRepeat = seen.has(key);
        seen.add(key);
      } else {
        for (let before = 0; before < index && !isRepeat; before += 1) {
          isRepeat = members[before]?.key === key;
        }
      }
      if (isRepeat) {
        const message = `the key ${quote(key)} stands twice in one object; the last one counts`;
        this.#problems.push({ kind: 'duplicate-key', offset: member.keyStart, message });
      }
    }
  }

  #skipSpace(): void {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      at += 1;
    }
    this.#at = at;
  }

  #expected(what: string): never {
    const found =
      this.#at >= this.#text.length
        ? 'the text ends here'
        : `found ${quote(/^(?:[\w.+-]{1,20}|.)/su.exec(this.#text.slice(this.#at, this.#at + 24))?.[0] ?? '')}`;
    return this.#fail(`${found}; expected ${what}`);
  }

  #fail(message: string): never {
    const hint = likelyCause(this.#text, this.#at);
    throw new SyntaxFault({
      kind: 'syntax',
      offset: this.#at,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const quote = (text: string) => JSON.stringify(text);

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
