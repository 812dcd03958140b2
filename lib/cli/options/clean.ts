import type { Config } from '../../model/config.js';
import type { Failure } from '../../model/failure.js';
import type { Arguments } from '../command.js';

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1_024,
  M: 1_024 ** 2,
  G: 1_024 ** 3,
  T: 1_024 ** 4,
};

/** `--older-than` in days; absent: as configured; undefined in it: it is no number of days. */
function readAge({ values }: Arguments): { readonly days?: number } | undefined {
  const text = values['older-than']?.at(-1);
  if (text === undefined) return {};
  return /^\d+(\.\d+)?$/.test(text) ? { days: Number(text) } : undefined;
}

/** What shall go, by the flags and, for what they do not say, by `retention`. */
export function readCleaningWish(given: Arguments, { logs, records }: Config['retention']) {
  const bytes = readSize(given)?.bytes;
  return {
    olderThanMs: (readAge(given)?.days ?? logs.days) * DAY_MS,
    keepRuns: logs.runs,
    ...(bytes === undefined ? {} : { maxBytes: bytes }),
    ...(records.days === undefined
      ? {}
      : { records: { olderThanMs: records.days * DAY_MS, keep: records.runs } }),
  };
}

/** `--max-size` in bytes; absent: no limit; undefined in it: it is no size. */
function readSize({ values }: Arguments): { readonly bytes?: number } | undefined {
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
