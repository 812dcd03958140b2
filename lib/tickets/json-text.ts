import type { JsonArray, JsonMember, JsonNode, JsonObject, JsonScalar } from './json-node.js';
import { JsonFault, JsonScan, quote, type JsonPrimitive, type JsonProblem } from './json-scan.js';

/** What {@link parseJsonText} found: a value unless the syntax is broken. */
export interface JsonText {
  readonly root?: JsonNode;
  /** Sorted by offset; a syntax error is always the last one, as reading stops there. */
  readonly problems: readonly JsonProblem[];
}

/** No index nests deeper than a handful of levels; whoever walks the nodes may recurse up to here. */
export const DEPTH_LIMIT = 500;

const SMALL_OBJECT = 24;

type Mutable =
  | { kind: 'array'; start: number; end: number; items: JsonNode[] }
  | { kind: 'object'; start: number; end: number; members: JsonMember[] };

/** A member whose value is still to come. */
interface Draft {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  value: JsonNode;
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
    return { root: new Reader(new JsonScan(text), problems, sink).read(), problems };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return { problems: [...problems, error.problem] };
  }
}

class Reader {
  readonly #scan: JsonScan;
  readonly #problems: JsonProblem[];
  readonly #sink: ItemSink | undefined;
  readonly #open: Mutable[] = [];
  /** The member waiting for its value in each open object; unused for arrays. */
  readonly #drafts: Draft[] = [];

  constructor(scan: JsonScan, problems: JsonProblem[], sink: ItemSink | undefined) {
    this.#scan = scan;
    this.#sink = sink;
    this.#problems = problems;
  }

  read(): JsonNode {
    const scan = this.#scan;
    scan.skipSpace();
    if (scan.isAtEnd()) scan.fail('the text is empty; expected a JSON value');
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
    this.#scan.skipSpace();
    if (!this.#scan.isAtEnd()) this.#scan.expected('the end of the text after the value');
    return root;
  }

  /** Reads a scalar or an empty container whole; opens any other container and answers nothing. */
  #readValue(): JsonNode | undefined {
    const start = this.#scan.at;
    switch (this.#scan.code()) {
      case 0x22:
        return this.#scalar(start, this.#scan.readString());
      case 0x7b:
        return this.#openObject(start);
      case 0x5b:
        return this.#openArray(start);
      default:
        return this.#scalar(start, this.#scan.readWordOrNumber());
    }
  }

  #scalar(start: number, value: JsonPrimitive): JsonScalar {
    return { kind: 'scalar', start, end: this.#scan.at, value };
  }

  #openObject(start: number): JsonNode | undefined {
    const node: Mutable = { kind: 'object', start, end: start, members: [] };
    this.#enter();
    if (this.#scan.code() === 0x7d) return this.#close(node);
    this.#open.push(node);
    this.#readKey('a key in double quotes or "}"');
    return undefined;
  }

  #openArray(start: number): JsonNode | undefined {
    const node: Mutable = { kind: 'array', start, end: start, items: [] };
    this.#enter();
    if (this.#scan.code() === 0x5d) return this.#close(node);
    this.#open.push(node);
    return undefined;
  }

  #enter(): void {
    if (this.#open.length >= DEPTH_LIMIT) {
      throw new JsonFault({
        kind: 'too-deep',
        offset: this.#scan.at,
        message: `the text nests deeper than ${DEPTH_LIMIT} levels`,
      });
    }
    this.#scan.at += 1;
    this.#scan.skipSpace();
  }

  #close(node: Mutable): JsonNode {
    this.#scan.at += 1;
    node.end = this.#scan.at;
    return node;
  }

  #put(container: Mutable, value: JsonNode): void {
    if (container.kind === 'array') {
      if (this.#isSunk()) this.#sink?.take(value, container);
      else container.items.push(value);
      return;
    }
    const draft = this.#drafts.pop();
    if (draft === undefined) return;
    draft.value = value;
    container.members.push(draft);
  }

  /** Whether the innermost open container is the array of the sink: the top is its object, so one key is waiting. */
  #isSunk(): boolean {
    return (
      this.#sink !== undefined &&
      this.#open.length === 2 &&
      this.#open[0]?.kind === 'object' &&
      this.#drafts[0]?.key === this.#sink.key
    );
  }

  /** After a value inside a container: moves on to the next value, or closes and answers the container. */
  #continueOrClose(container: Mutable): JsonNode | undefined {
    const scan = this.#scan;
    scan.skipSpace();
    const code = scan.code();
    const isObject = container.kind === 'object';
    if (code === 0x2c) {
      scan.at += 1;
      scan.skipSpace();
      if (isObject) this.#readKey('a key in double quotes after ","');
      else if (scan.code() === 0x5d) scan.expected('a value after ","');
      return undefined;
    }
    if (code !== (isObject ? 0x7d : 0x5d)) scan.expected(isObject ? '"," or "}"' : '"," or "]"');
    this.#open.pop();
    if (isObject) this.#reportDuplicates(container);
    return this.#close(container);
  }

  #readKey(expected: string): void {
    const scan = this.#scan;
    const keyStart = scan.at;
    const key = scan.readKey(expected);
    this.#drafts.push({ key, keyStart, keyEnd: scan.at, value: NOTHING });
    scan.skipSpace();
    if (scan.code() !== 0x3a) scan.expected(`":" after the key ${quote(key)}`);
    scan.at += 1;
    scan.skipSpace();
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
}

/** Stands where a value is still to be read. */
const NOTHING: JsonScalar = { kind: 'scalar', start: 0, end: 0, value: null };
