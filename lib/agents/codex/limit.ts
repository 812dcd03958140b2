import { toldInstant } from '../told.js';

const MINUTE_MS = 60_000;
/** A shorter wait is the CLI's own patience, and says nothing of the limit. */
const PATIENCE_MS = 30_000;

/** `Jul 5th, 2026 8:19 PM`; of the day on which it is said, the time alone. */
const AT =
  /try again at (?:([A-Z][a-z]{2}) (\d{1,2})(?:st|nd|rd|th), (\d{4}) )?(\d{1,2}):(\d\d) ([AP])M\b/i;
/** `2 days 17 hours 14 minutes`, `6m0s`, `1.2s`. */
const IN = /try again in ((?:\d+(?:\.\d+)?\s*[a-z]+\s*)+)/i;
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const UNITS: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^(ms|milliseconds?)$/, 1],
  [/^(s|secs?|seconds?)$/, 1_000],
  [/^(m|mins?|minutes?)$/, MINUTE_MS],
  [/^(h|hours?)$/, 60 * MINUTE_MS],
  [/^(d|days?)$/, 24 * 60 * MINUTE_MS],
];

/**
 * When the limit is over of which Codex says `said`, as ISO 8601; `now`: milliseconds since 1970. It tells its account's
 * limits to the minute, on the clock of the machine; they are over when that minute is.
 */
export function limitIn(said: string, now: number): string | undefined {
  const wait = waitIn(said);
  if (wait !== undefined) return wait < PATIENCE_MS ? undefined : toldInstant(now + wait);
  const at = AT.exec(said);
  if (!at) return undefined;
  const [, month, day, year, hours, minutes, half = ''] = at;
  const today = new Date(now);
  const monthIndex = month === undefined ? today.getMonth() : MONTHS.indexOf(month.toLowerCase());
  if (monthIndex < 0) return undefined;
  const noon = half.toUpperCase() === 'P' ? 12 : 0;
  const end = new Date(
    year === undefined ? today.getFullYear() : Number(year),
    monthIndex,
    day === undefined ? today.getDate() : Number(day),
    (Number(hours) % 12) + noon,
    Number(minutes) + 1,
  );
  return toldInstant(end.getTime());
}

function waitIn(said: string): number | undefined {
  const parts = IN.exec(said)?.[1];
  if (parts === undefined) return undefined;
  let wait = 0;
  for (const [, count, name = ''] of parts.matchAll(PART)) {
    const unit = UNITS.find(([names]) => names.test(name.toLowerCase()));
    // What follows the wait is a sentence that goes on.
    if (!unit) break;
    wait += Number(count) * unit[1];
  }
  return wait;
}
