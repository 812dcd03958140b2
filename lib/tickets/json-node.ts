/** A JSON value with its place in the text. Offsets count UTF-16 code units; `end` is exclusive. */
export type JsonNode = JsonScalar | JsonArray | JsonObject;

export interface JsonScalar {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly JsonNode[];
}

export interface JsonObject {
  readonly kind: 'object';
  readonly start: number;
  readonly end: number;
  /** In the order of the text; of several with one key the last one counts, as with `JSON.parse`. */
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  /** From the opening quote of the key to just behind its closing quote. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: JsonNode;
}

/** The member that counts for a key, or nothing. */
export function memberOf(object: JsonObject, key: string): JsonMember | undefined {
  const { members } = object;
  for (let index = members.length - 1; index >= 0; index -= 1) {
    const member = members[index];
    if (member?.key === key) return member;
  }
  return undefined;
}

/** The value of the member that counts for a key, or nothing. */
export const valueOf = (object: JsonObject, key: string): JsonNode | undefined =>
  memberOf(object, key)?.value;

/** Whether a value says something: neither absent nor null. */
export const isGiven = (node: JsonNode | undefined): node is JsonNode =>
  node !== undefined && !(node.kind === 'scalar' && node.value === null);

/** The text of a string value; nothing for any other kind of value. */
export const stringOf = (node: JsonNode | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

/** The text of a string value without blanks around it, when there is any. */
export const textOf = (node: JsonNode | undefined): string | undefined =>
  stringOf(node)?.trim() || undefined;

/** The number of a number value, or of a string that holds nothing but one. */
export function numberOf(node: JsonNode | undefined): number | undefined {
  if (node?.kind !== 'scalar') return undefined;
  if (typeof node.value === 'number') return Number.isFinite(node.value) ? node.value : undefined;
  if (typeof node.value !== 'string' || !/^\s*\d+(\.\d+)?\s*$/.test(node.value)) return undefined;
  return Number(node.value);
}

/** The items of an array; of anything else none. */
export const itemsOf = (node: JsonNode | undefined): readonly JsonNode[] =>
  node?.kind === 'array' ? node.items : NO_NODES;

const NO_NODES: readonly JsonNode[] = [];

/** What kind of value it is, in words for people. */
export function describeNode(node: JsonNode): string {
  if (node.kind === 'array') return 'an array';
  if (node.kind === 'object') return 'an object';
  if (node.value === null) return 'null';
  return typeof node.value === 'string' ? 'a string' : `a ${typeof node.value}`;
}
