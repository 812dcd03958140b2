import { readSpan } from '../config/values.js';
import type { Failure } from '../model/failure.js';
import type { Arguments } from './command.js';

const textOf = ({ values }: Arguments) => values['for']?.at(-1) ?? '';

/** Milliseconds that `--for` says; undefined: it was not given. */
export const spanOf = (given: Arguments): number | undefined => readSpan(textOf(given));

/** What is wrong with the value of `--for`. */
export function spanFaults(given: Arguments): readonly Failure[] {
  const text = textOf(given);
  if (text === '' || readSpan(text) !== undefined) return [];
  return [
    {
      code: 'usage/invalid',
      message: `--for cannot be "${text.slice(0, 60)}".`,
      hint: 'It must be a time such as 90s, 9m or 1h.',
    },
  ];
}
