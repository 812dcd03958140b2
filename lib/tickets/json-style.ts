import type { JsonObject } from './json-node.js';

/** What can be written into an index. */
export type JsonValue = string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** How an object is laid out in its text, so that what is added to it looks the same. */
export interface Layout {
  /** Whether its members stand on lines of their own. */
  readonly isMultiLine: boolean;
  readonly memberIndent: string;
  readonly braceIndent: string;
  /** One step of indentation. */
  readonly unit: string;
  readonly newline: string;
  /** `: ` or `:` or whatever stands between key and value. */
  readonly colon: string;
  /** Between members on one line. */
  readonly comma: string;
  /** Inside the braces on one line. */
  readonly padding: string;
}

/** Finds out how an object is laid out in `text`. */
export function layoutOf(text: string, object: JsonObject): Layout {
  const { members } = object;
  const [first, second] = members;
  const last = members.at(-1);
  if (first === undefined || last === undefined) return PLAIN;
  const opening = text.slice(object.start + 1, first.keyStart);
  const between = second ? text.slice(first.value.end, second.keyStart) : `,${opening}`;
  const closing = text.slice(last.value.end, object.end - 1);
  const isMultiLine = between.includes('\n');
  const memberIndent = afterLineEnd(between) ?? '';
  const braceIndent = afterLineEnd(closing) ?? '';
  const hasUnit = memberIndent.startsWith(braceIndent) && memberIndent.length > braceIndent.length;
  const colon = text.slice(first.keyEnd, first.value.start);
  return {
    isMultiLine,
    memberIndent,
    braceIndent,
    unit: hasUnit ? memberIndent.slice(braceIndent.length) : PLAIN.unit,
    newline: between.includes('\r\n') ? '\r\n' : '\n',
    colon: colon.includes('\n') ? PLAIN.colon : colon,
    comma: !isMultiLine && second ? between : colon === ':' ? ',' : ', ',
    padding: isMultiLine ? '' : opening,
  };
}

const PLAIN: Layout = {
  isMultiLine: false,
  memberIndent: '',
  braceIndent: '',
  unit: '  ',
  newline: '\n',
  colon: ': ',
  comma: ', ',
  padding: '',
};

const afterLineEnd = (gap: string) =>
  gap.includes('\n') ? gap.slice(gap.lastIndexOf('\n') + 1).replace(',', '') : undefined;

/**
 * Renders a value in a given layout. `indent` is that of the line it begins in; `isMultiLine` says for each level from
 * the outermost whether it is broken into lines (its last entry goes for all deeper ones).
 */
export function renderJson(
  value: JsonValue,
  layout: Layout,
  indent: string,
  isMultiLine: readonly boolean[],
  isAscii: boolean,
): string {
  if (typeof value === 'string') return renderString(value, isAscii);
  const isArray = Array.isArray(value);
  const [open, close] = isArray ? '[]' : '{}';
  const [isBroken = false, ...rest] = isMultiLine;
  const inner = isBroken ? indent + layout.unit : indent;
  const deeper = rest.length > 0 ? rest : [isBroken];
  const render = (item: JsonValue) => renderJson(item, layout, inner, deeper, isAscii);
  const parts = isArray
    ? value.map(render)
    : Object.entries(value).map(
        ([key, item]) => renderString(key, isAscii) + layout.colon + render(item),
      );
  if (parts.length === 0) return `${open}${close}`;
  if (!isBroken) {
    const padding = isArray ? '' : layout.padding;
    return `${open}${padding}${parts.join(layout.comma)}${padding}${close}`;
  }
  const { newline } = layout;
  return `${open}${newline}${inner}${parts.join(`,${newline}${inner}`)}${newline}${indent}${close}`;
}

function renderString(text: string, isAscii: boolean): string {
  const json = JSON.stringify(text);
  if (!isAscii) return json;
  return json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Whether a text's writer escapes everything that is not ASCII (as Python does) rather than writing it raw (as jq does).
 * Where nothing tells, the missing line end of Python's writer does.
 */
export function writesAscii(text: string): boolean {
  if (/[\u0080-\ufefe\uff00-\uffff]/.test(text)) return false;
  return /\\u(?:00[89a-f]|0[1-9a-f]|[1-9a-f])/i.test(text) || !text.endsWith('\n');
}
