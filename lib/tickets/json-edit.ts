import { memberOf, valueOf, type JsonMember, type JsonNode, type JsonObject } from './json-node.js';
import { layoutOf, renderJson, type JsonValue } from './json-style.js';
import { parseJsonText } from './json-text.js';

/** How a new value is broken into lines, level by level, and whether it is written in ASCII. */
export interface ValueStyle {
  readonly isAscii: boolean;
  /** Absent: as the object it goes into. */
  readonly isMultiLine?: readonly boolean[];
}

/** The object that a text consists of. A caller's mistake if it is none. */
export function objectIn(text: string): JsonObject {
  const { root } = parseJsonText(text);
  if (root?.kind !== 'object') throw new Error('the text to edit is not a JSON object');
  return root;
}

/**
 * Sets one member of the object that is `text`; every other byte stays. A new member goes behind the first of `after`
 * that is there, else to the end, and looks like its neighbours.
 */
export function setMember(
  text: string,
  key: string,
  value: JsonValue,
  after: readonly string[],
  style: ValueStyle,
): string {
  const object = objectIn(text);
  const layout = layoutOf(text, object);
  const { isMultiLine = [layout.isMultiLine], isAscii } = style;
  const broken = layout.isMultiLine ? isMultiLine : [false];
  const rendered = renderJson(value, layout, layout.memberIndent, broken, isAscii);
  const present = memberOf(object, key);
  if (present !== undefined) {
    return isSame(present.value, value) ? text : splice(text, present.value, rendered);
  }
  const member = renderJson(key, layout, '', [], isAscii) + layout.colon + rendered;
  const anchor =
    after.map((name) => memberOf(object, name)).find((found) => found !== undefined) ??
    object.members.at(-1);
  if (anchor === undefined) return `{${member}}`;
  const at = anchor.value.end;
  return splice(text, { start: at, end: at }, separator(text, object, anchor) + member);
}

/** What stands between two members: comma, line end, indentation, as near the anchor. */
function separator(text: string, object: JsonObject, anchor: JsonMember): string {
  const index = object.members.indexOf(anchor);
  const before = object.members[index - 1];
  const next = object.members[index + 1];
  if (next) return text.slice(anchor.value.end, next.keyStart);
  if (before) return text.slice(before.value.end, anchor.keyStart);
  const opening = text.slice(object.start + 1, anchor.keyStart);
  return opening.includes('\n') ? `,${opening}` : layoutOf(text, object).comma;
}

/** Removes a member with its comma and its line; every other byte stays. */
export function removeMember(text: string, key: string): string {
  const object = objectIn(text);
  const index = object.members.findLastIndex((member) => member.key === key);
  const member = object.members[index];
  if (member === undefined) return text;
  const before = object.members[index - 1];
  const next = object.members[index + 1];
  if (before) return splice(text, { start: before.value.end, end: member.value.end }, '');
  if (next) return splice(text, { start: member.keyStart, end: next.keyStart }, '');
  return splice(text, { start: object.start + 1, end: object.end - 1 }, '');
}

/** Appends to the array under `key`, which must be there, in the style of its last item, else in `style`. */
export function appendItem(text: string, key: string, value: JsonValue, style: ValueStyle): string {
  const object = objectIn(text);
  const array = valueOf(object, key);
  if (array?.kind !== 'array') throw new Error(`there is no array under ${key}`);
  const last = array.items.at(-1);
  // An empty array has no style of its own: it is written anew.
  if (last === undefined) return setMember(text, key, [value], [], style);
  const previous = array.items.at(-2);
  const outer = layoutOf(text, object);
  const opening = text.slice(array.start + 1, last.start);
  const between = previous
    ? text.slice(previous.end, last.start)
    : `,${opening.includes('\n') || outer.colon === ':' ? opening : ' '}`;
  const layout = last.kind === 'object' ? layoutOf(text, last) : outer;
  const isBroken = last.kind === 'object' && layout.isMultiLine;
  const rendered = renderJson(value, layout, layout.braceIndent, [isBroken], style.isAscii);
  return splice(text, { start: last.end, end: last.end }, between + rendered);
}

/** Edits the object under `key`, which must be there, by itself. */
export function editInner(text: string, key: string, edit: (inner: string) => string): string {
  const node = valueOf(objectIn(text), key);
  if (node?.kind !== 'object') throw new Error(`there is no object under ${key}`);
  return splice(text, node, edit(text.slice(node.start, node.end)));
}

const splice = (text: string, { start, end }: { start: number; end: number }, by: string) =>
  text.slice(0, start) + by + text.slice(end);

function isSame(node: JsonNode, value: JsonValue): boolean {
  if (node.kind === 'scalar') return node.value === value;
  if (typeof value === 'string') return false;
  if (node.kind === 'array') {
    return (
      Array.isArray(value) &&
      value.length === node.items.length &&
      node.items.every((item, index) => isSame(item, value[index] as JsonValue))
    );
  }
  if (Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length === node.members.length &&
    entries.every(([key, item]) => {
      const own = valueOf(node, key);
      return own !== undefined && isSame(own, item);
    })
  );
}
