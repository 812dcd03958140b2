import { width as columns } from './width.js';

/** A text cut to a width in terminal columns; what was cut shows as `…`. */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of signs().segment(text)) {
    used += columns(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
}

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one sign is never cut in two: a flag, a family, a letter with its accents. */
const signs = () => (segmenter ??= new Intl.Segmenter());

/** Pieces joined by ` · ` in as few lines as they need; none is broken, but one that is longer than a line is cut. */
export function flow(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces.filter((one) => one !== '')) {
    const longer = `${lines.at(-1) ?? ''} · ${piece}`;
    if (lines.length > 0 && columns(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(fit(piece, width));
  }
  return lines;
}

/** Pads a text on the right, or with `start` on the left, to a width in terminal columns. */
export function pad(text: string, width: number, side: 'start' | 'end' = 'end'): string {
  const space = ' '.repeat(Math.max(0, width - columns(text)));
  return side === 'end' ? text + space : space + text;
}

/** Words in lines of at most `width` columns; spaces at the start stay, every further line begins with the indent. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const words = text.trimStart();
  const lines: string[] = [];
  let start = text.slice(0, text.length - words.length);
  let line = '';
  for (const word of words.split(' ')) {
    const longer = line === '' ? start + word : `${line} ${word}`;
    if (line !== '' && columns(longer) > width) {
      lines.push(line);
      start = indent;
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}
