import type { Failure } from '../../model/failure.js';
import type { Arguments } from '../command.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 14;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1_024,
  M: 1_024 ** 2,
  G: 1_024 ** 3,
  T: 1_024 ** 4,
};

/** `--older-than` in milliseconds; undefined: it is no number of days. */
export function readAge({ values }: Arguments): number | undefined {
  const text = values['older-than']?.at(-1);
  if (text === undefined) return DEFAULT_DAYS * DAY_MS;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * DAY_MS : undefined;
}

/** `--max-size` in bytes; absent: no limit; undefined in it: it is no size. */
export function readSize({ values }: Arguments): { readonly bytes?: number } | undefined {
  const text = values['max-size']?.at(-1);
  if (text === undefined) return {};
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([BKMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  return number === undefined || factor === undefined
    ? undefined
    : { bytes: Math.floor(Number(number) * factor) };
}

export function cleanFaults(given: Arguments): readonly Failure[] {
  return [
    ...(readAge(given) === undefined
      ? [fault('older-than', given, 'a number of days', '--older-than=14')]
      : []),
    ...(readSize(given) === undefined ? [fault('max-size', given, 'a size', '--max-size=5G')] : []),
  ];
}

const fault = (name: string, { values }: Arguments, what: string, example: string): Failure => ({
  code: 'usage/invalid',
  message: `--${name} takes ${what}, but got ${JSON.stringify(values[name]?.at(-1)?.slice(0, 60))}.`,
  hint: `For example: ${example}`,
});
