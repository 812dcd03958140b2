import stringWidth from 'string-width';
import { SIZES } from './drawing.js';

/** Characters of a picture that look alike. */
export interface Shown {
  readonly text: string;
  /** From 0. */
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly look: string;
}

/** What a person sees in a picture: one frame, or those of a recording in their order. */
export function readPicture(svg: string): readonly (readonly Shown[])[] {
  const frames: Shown[][] = [[]];
  const open: { readonly name: string; readonly attributes: Attributes }[] = [];
  for (const { kind, name, attributes, text } of readXml(svg)) {
    if (kind === 'end') open.pop();
    if (kind === 'begin') {
      if (attributes['class'] === 'frame') frames.push([]);
      open.push({ name, attributes });
    }
    const within = open.at(-1);
    if (kind === 'text' && within?.name === 'text' && within.attributes['class'] !== 'name') {
      frames.at(-1)?.push(shown(text, within.attributes));
    }
  }
  return frames.filter((frame) => frame.length > 0);
}

/** The lines of a frame, blanks at their ends cut off. */
export function linesOf(frame: readonly Shown[]): readonly string[] {
  const lines: string[] = [];
  for (const { text, row, column } of frame) {
    const before = lines[row] ?? '';
    lines[row] = before + ' '.repeat(column - stringWidth(before)) + text;
  }
  return Array.from(lines, (line) => (line as string | undefined) ?? '');
}

function shown(text: string, attributes: Attributes): Shown {
  const pixels = (name: string) => Number(attributes[name]);
  return {
    text,
    row: Math.round((pixels('y') - SIZES.title - SIZES.margin - SIZES.font) / SIZES.row),
    column: Math.round((pixels('x') - SIZES.margin) / SIZES.column),
    columns: Math.round(pixels('textLength') / SIZES.column),
    look: attributes['class'] ?? '',
  };
}

type Attributes = Readonly<Record<string, string>>;

interface Token {
  readonly kind: 'begin' | 'end' | 'text';
  readonly name: string;
  readonly attributes: Attributes;
  readonly text: string;
}

const TOKEN = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="(?:[^"<&]|&\w+;)*")*)\s*(\/?)>|([^<>]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The elements and texts of well-formed XML without a prologue, comments or CDATA; throws at what is none. */
function readXml(xml: string): readonly Token[] {
  const tokens: Token[] = [];
  const open: string[] = [];
  const token = new RegExp(TOKEN);
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const [, end, name = '', attributes = '', alone, text] = token.exec(xml) ?? [];
    if (token.lastIndex === 0) throw new Error(`no XML: ${xml.slice(at, at + 60)}`);
    if (text !== undefined) {
      if (open.length === 0 && text.trim() !== '') throw new Error(`text outside: ${text}`);
      tokens.push({ kind: 'text', name: '', attributes: {}, text: plain(text) });
    } else if (end === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      tokens.push({ kind: 'end', name, attributes: {}, text: '' });
    } else {
      if (open.length === 0 && tokens.length > 0) throw new Error(`<${name}> is a second root`);
      tokens.push({ kind: 'begin', name, attributes: attributesOf(attributes), text: '' });
      if (alone === '/') tokens.push({ kind: 'end', name, attributes: {}, text: '' });
      else open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('><')}> stays open`);
  return tokens;
}

function attributesOf(text: string): Attributes {
  const pairs = [...text.matchAll(/([\w:-]+)="([^"]*)"/g)];
  const names = pairs.map(([, name = '']) => name);
  if (new Set(names).size < names.length) throw new Error(`an attribute twice:${text}`);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, plain(value)]));
}

function plain(text: string): string {
  return text.replace(/&(\w*)(;?)/g, (whole, name: string, end: string) => {
    const sign = end === ';' ? ENTITIES[name] : undefined;
    if (sign === undefined) throw new Error(`no entity: ${whole}`);
    return sign;
  });
}
