import { width } from '../width.js';

/** Puts a few lines below what scrolls, and changes them in place. */
export interface Painter {
  /**
   * One frame: `above` goes to the scrollback for good, `lines` stand below it. Only what changed is written, in one
   * write; nothing where nothing changed.
   */
  paint(lines: readonly string[], above?: string): void;
  /** Takes the lines away; what is written next by anybody stands where they stood. */
  clear(): void;
}

const ESC = '\u001b';
/** Terminals that know it show a frame at once; the others ignore it. */
const BEGIN = `${ESC}[?2026h`;
const END = `${ESC}[?2026l`;
/** A line that a terminal finds wider than we do (emoji are matters of opinion) is cut, and does not push the rest down. */
const NO_WRAP = `${ESC}[?7l`;
const WRAP = `${ESC}[?7h`;
const HIDE = `${ESC}[?25l`;
const SHOW = `${ESC}[?25h`;
const CLEAR_LINE_END = `${ESC}[K`;
const CLEAR_BELOW = `${ESC}[J`;
const up = (lines: number) => (lines > 0 ? `${ESC}[${lines}A` : '');

/**
 * Between two frames the cursor stands at the begin of the line below the view. When a terminal gets another width, it
 * wraps what is on its screen anew: lines that have become too long take more rows, and the cursor moves down with
 * them. So the way up is counted in rows of the new width. (A cursor left at the top would be carried along by most
 * terminals, but not by xterm.js.) It is hidden only within a frame: no way to die leaves it hidden.
 */
export function createPainter(write: (text: string) => void, columns: () => number): Painter {
  let shown: readonly string[] = [];
  let shownColumns = 0;

  const rowsShown = (now: number) =>
    now === shownColumns
      ? shown.length
      : shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / now)), 0);

  /** From the line below the view and back to it; what grows makes room by line feeds. */
  const changes = (lines: readonly string[]) => {
    let frame = '';
    let at = shown.length;
    for (const [index, line] of lines.entries()) {
      if (line === shown[index]) continue;
      frame += `${at > index ? up(at - index) : '\r\n'.repeat(index - at)}${line}${CLEAR_LINE_END}\r`;
      at = index;
    }
    frame += at > lines.length ? up(at - lines.length) : '\r\n'.repeat(lines.length - at);
    return lines.length < shown.length ? `${frame}${CLEAR_BELOW}` : frame;
  };

  return {
    paint(lines, above = '') {
      const now = columns();
      const isWhole = above !== '' || now !== shownColumns;
      const isSame =
        lines.length === shown.length && lines.every((line, index) => line === shown[index]);
      if (!isWhole && isSame) return;
      const body = isWhole
        ? lines.map((line) => `${line}${CLEAR_LINE_END}\r\n`).join('')
        : changes(lines);
      const start = isWhole ? `${up(rowsShown(now))}${CLEAR_BELOW}` : '';
      const gone = above === '' ? '' : `${above.replace(/\n$/, '').replaceAll('\n', '\r\n')}\r\n`;
      write(`${BEGIN}${HIDE}${start}${gone}${NO_WRAP}${body}${WRAP}${SHOW}${END}`);
      shown = [...lines];
      shownColumns = now;
    },
    clear() {
      if (shown.length > 0) write(`${up(rowsShown(columns()))}${CLEAR_BELOW}`);
      shown = [];
    },
  };
}
