import type { Cell } from '../rig/emulator.js';

/** A screen as it was at one moment, row by row. */
export type Frame = readonly (readonly Cell[])[];

/** Sizes in pixels. */
export const SIZES = { column: 8.4, row: 18, font: 14, margin: 14, title: 32 };

/** Names of the terminal's sixteen colours, as classes of the picture. */
const COLOURS = 'black red green yellow blue magenta cyan white'.split(' ');

/** Colours that are read well on a dark ground. */
export const STYLE = `text{font:${SIZES.font}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d6dbe4;white-space:pre}
.bold{font-weight:700}.dim{fill:#8b949e}
.black{fill:#6e7681}.red{fill:#ff8a80}.green{fill:#7ee787}.yellow{fill:#f2cc60}.blue{fill:#79c0ff}.magenta{fill:#d2a8ff}.cyan{fill:#76e3ea}.white{fill:#f0f6fc}
.dots{fill:#484f58}.name{fill:#8b949e;text-anchor:middle}`;

/** A frame without the empty rows at its end. */
export const trimmed = (frame: Frame): Frame =>
  frame.slice(0, frame.findLastIndex((row) => row.some(({ text }) => text !== ' ')) + 1);

/** The texts of a frame: each stretch of characters that look alike stands at its own column, whatever font there is. */
export function frameTexts(frame: Frame): string {
  return frame
    .flatMap((row, index) => {
      const y = SIZES.title + SIZES.margin + index * SIZES.row + SIZES.font;
      return stretches(row).map(({ text, column, columns, look }) => {
        const x = rounded(SIZES.margin + column * SIZES.column);
        const length = rounded(columns * SIZES.column);
        const style = look === '' ? '' : ` class="${look}"`;
        return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${style}>${escaped(text)}</text>`;
      });
    })
    .join('\n');
}

interface Stretch {
  readonly text: string;
  readonly column: number;
  readonly columns: number;
  readonly look: string;
}

/** Characters side by side that look alike; wider gaps part them. */
function stretches(row: readonly Cell[]): readonly Stretch[] {
  const found: Stretch[] = [];
  let column = 0;
  for (const cell of row) {
    const look = cell.text === ' ' ? undefined : lookOf(cell);
    const last = found.at(-1);
    const gap = last ? column - last.column - last.columns : Infinity;
    // A wide character stands alone: fonts do not agree that it is as wide as two.
    if (last && look === last.look && gap <= 1 && cell.columns === 1 && !isWide(last)) {
      const text = last.text + ' '.repeat(gap) + cell.text;
      found.splice(-1, 1, { ...last, text, columns: last.columns + gap + 1 });
    } else if (look !== undefined) {
      found.push({ text: cell.text, column, columns: cell.columns, look });
    }
    column += cell.columns;
  }
  return found;
}

const isWide = ({ text, columns }: Stretch) => columns === 2 && Array.from(text).length === 1;

function lookOf({ colour, isBold, isDim }: Cell): string {
  const name = colour === undefined ? undefined : COLOURS[colour % COLOURS.length];
  return [isBold ? 'bold' : undefined, isDim ? 'dim' : undefined, name]
    .filter((one) => one !== undefined)
    .join(' ');
}

const rounded = (pixels: number) => Number(pixels.toFixed(1));

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text as XML can hold it. */
export const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);
