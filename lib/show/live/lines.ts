import { countTickets } from '../../engine/standing.js';
import { clean } from '../clean.js';
import { fit, flow } from '../layout.js';
import { explanationLines } from './explanation.js';
import { attentionLines, batchLines, countLines, progressLines, ruleLine } from './head.js';
import { laneLines, lanesOf } from './lanes.js';
import { landingLines } from './landing.js';
import type { Screen, Seat } from './screen.js';

/** Wider than this, lines are hard to read; narrower, they are cut. */
const WIDEST = 200;
/** Below, a terminal is too small for anything but being cut off. */
const NARROWEST = 20;

/**
 * The live view, line by line: pure, so that the same screen always looks the same. Never as wide as the terminal: a line that
 * ends in its last column would be taken for wrapped. Never as high: what scrolls above it must stay in sight.
 */
export function liveLines(screen: Screen): string[] {
  const { size, seat } = screen;
  const width = Math.max(NARROWEST, Math.min(WIDEST, size.columns - 1));
  const room = Math.max(1, size.rows - 1);
  const head = [ruleLine(screen, width)];
  const foot = footLines(screen, width);
  if (seat.at === 'log' || seat.at === 'explanation') {
    const attention = attentionLines(screen, width);
    const page = pageLines(screen, seat, width);
    const space = Math.max(1, room - head.length - attention.length - foot.length - 1);
    const body = seat.at === 'log' ? page.slice(-space) : page.slice(0, space);
    return [...head, title(screen, seat, width), ...attention, ...body, ...foot].slice(0, room);
  }
  const counts = countTickets(screen.state);
  return fitted(
    [
      { lines: head, worth: 2 },
      { lines: progressLines(screen, width), worth: 4 },
      { lines: attentionLines(screen, width), worth: 8 },
      { lines: countLines(screen, counts, width), worth: 7 },
      { lines: batchLines(screen, width), worth: 1 },
      {
        lines: laneLines(screen, counts, width, false),
        short: () => laneLines(screen, counts, width, true),
        worth: 9,
      },
      { lines: landingLines(screen, width), worth: 5 },
      { lines: foot, worth: seat.at === 'lanes' ? 3 : 10 },
    ],
    room,
  );
}

interface Part {
  readonly lines: readonly string[];
  /** The same in fewer lines. */
  readonly short?: () => readonly string[];
  /** What is worth least goes first where there is no room. */
  readonly worth: number;
}

function fitted(parts: readonly Part[], room: number): string[] {
  let left = [...parts];
  const height = () => left.reduce((sum, { lines }) => sum + lines.length, 0);
  if (height() > room) {
    left = left.map((part) => ({ ...part, lines: part.short?.() ?? part.lines }));
  }
  while (height() > room && left.length > 1) {
    const least = left.reduce((one, other) => (other.worth < one.worth ? other : one));
    left = left.filter((part) => part !== least);
  }
  const all = left.flatMap(({ lines }) => lines);
  return all.length <= room
    ? all
    : [...all.slice(0, room - 1), `and ${all.length - room + 1} more`];
}

type Page = Extract<Seat, { readonly at: 'log' | 'explanation' }>;

function title({ state, paint }: Screen, { at, ticket }: Page, width: number): string {
  const { title: text = '' } = state.tickets.get(ticket)?.ticket ?? {};
  const what = at === 'log' ? 'What the agent says of' : 'Why it stands where it does:';
  return paint.bold(fit(`${what} ${clean(ticket)} ${clean(text)}`, width));
}

function pageLines(screen: Screen, seat: Page, width: number): string[] {
  if (seat.at === 'explanation') return explanationLines(screen, seat.ticket, width);
  const heard = screen.heard.get(seat.attempt);
  const isOver = !screen.state.active.has(seat.attempt as never);
  const remark = (text: string) => screen.paint.dim(fit(text, width));
  return [
    ...(heard?.lines ?? []).map((line) => fit(line, width)),
    ...(heard && heard.lines.length > 0 ? [] : [remark('It has said nothing yet.')]),
    ...(isOver ? [remark('It has ended.')] : []),
  ];
}

/** What can be pressed, or what is being asked. */
function footLines(screen: Screen, width: number): string[] {
  const { seat, hasKeys, paint } = screen;
  if (!hasKeys) return [];
  switch (seat.at) {
    case 'lanes':
      if (seat.word !== undefined) return [paint.yellow(fit(seat.word, width))];
      return [paint.dim(help(screen, width))];
    case 'log':
    case 'explanation':
      return [paint.dim(fit('q back', width))];
    case 'question':
      return [paint.bold(fit(`${question(seat)} y yes · q no`, width))];
    case 'choice': {
      const lanes = lanesOf(screen).flatMap((attempt, index) => (attempt ? [index + 1] : []));
      const which = lanes.length === 0 ? 'no lane is busy' : `lane ${lanes.join(', ')}`;
      const other = seat.of === 'explain' ? `, or an id and Enter: ${seat.typed}` : '?';
      const asked = `${seat.of === 'log' ? 'open the log of' : seat.of} ${which}${other}`;
      return flow([seat.word ?? asked, 'q back'], width).map((line) => paint.bold(line));
    }
  }
}

function question({ wish }: Extract<Seat, { readonly at: 'question' }>): string {
  return wish.type === 'drain'
    ? 'drain: nothing new starts, what runs lands?'
    : `cancel ${clean(wish.ticket)}: its agent is ended, its work kept?`;
}

/** Every key that works now, in as many words as fit. */
function help({ state }: Screen, width: number): string {
  const forms = [
    [
      'd drain',
      'c cancel one',
      'o open log',
      'e explain',
      `Ctrl-C ${state.stop ? 'cancel' : 'drain'}`,
    ],
    ['d drain', 'c cancel', 'o log', 'e explain'],
  ];
  const lines = forms.map((keys) => keys.join(' · '));
  return lines.find((line) => line.length <= width) ?? fit('d c o e', width);
}
