/** Readers of single values as they are typed, on a command line or in a variable. Each answers undefined for what it does not accept. */

/** `0`, `3`, `12` or `auto`. Nothing else: no sign, no point, no exponent, no hexadecimal, no blanks. */
export function readParallel(text: string): number | 'auto' | undefined {
  return text === 'auto' ? 'auto' : readWhole(text);
}

/** A whole number from 0, in plain decimal digits without leading zeros. */
export function readWhole(text: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined;
}

/** A positive amount of US dollars in plain decimal notation: `20`, `2.50`. */
export function readDollars(text: string): number | undefined {
  const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

const SPANS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A time that is not zero, in milliseconds: `90s`, `9m`, `1h`. */
export function readSpan(text: string): number | undefined {
  const [, digits = '', unit = 's'] = /^([1-9]\d{0,5})(s|m|h)$/.exec(text) ?? [];
  return digits === '' ? undefined : Number(digits) * SPANS[unit as keyof typeof SPANS];
}

/** A day that there is: `2026-11-21`. */
export function readDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : undefined;
}

/** One of the words of a list, in its exact spelling. */
export function readChoice<Word extends string>(
  text: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === text);
}

export const schedules = ['rolling', 'batch'] as const;
export const orders = ['slack', 'priority'] as const;
