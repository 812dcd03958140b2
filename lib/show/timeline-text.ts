import { width as columns } from './width.js';
import type { TimelineBar } from '../model/plan.js';
import { clean } from './clean.js';
import { pad } from './layout.js';

/**
 * A timeline as text, one line for each slot and one for the minutes, `width` columns wide. A bar ends with `│` and shows
 * as much of its ticket's id as fits; bars narrower than a column share one.
 */
export function timelineText(bars: readonly TimelineBar[], slots: number, width: number): string[] {
  const end = Math.max(0, ...bars.map(({ endMinutes }) => endMinutes));
  if (end === 0) return [];
  const label = String(slots).length;
  const columns = Math.max(10, width - label - 1);
  const column = (minutes: number) => Math.round((minutes / end) * columns);
  const bySlot = Array.from({ length: slots }, (): TimelineBar[] => []);
  for (const bar of bars) bySlot[bar.slot - 1]?.push(bar);
  const lanes = bySlot.map((own, slot) => {
    let line = '';
    let used = 0;
    for (const { ticket, startMinutes, endMinutes } of own) {
      const from = Math.max(used, column(startMinutes));
      const to = column(endMinutes);
      if (to <= from) continue;
      line += ' '.repeat(from - used) + drawn(clean(ticket), to - from);
      used = to;
    }
    return `${pad(String(slot + 1), label, 'start')} ${line}`;
  });
  return [...lanes, `${' '.repeat(label + 1)}${axis(end, columns)}`];
}

function drawn(name: string, width: number): string {
  const room = width - 1;
  const shown = columns(name) <= room ? name : '';
  return `${shown}${'─'.repeat(room - columns(shown))}│`;
}

function axis(end: number, columns: number): string {
  const last = minutes(end);
  const middle = minutes(end / 2);
  const centre = Math.round(columns / 2);
  const line = pad(pad('0', centre - middle.length) + middle, columns - last.length);
  return line + last;
}

/** Estimated time: `95 min`, `2 h 05 min`. */
export function minutes(value: number): string {
  const whole = Math.round(value);
  if (whole < 120) return `${whole} min`;
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`;
}
