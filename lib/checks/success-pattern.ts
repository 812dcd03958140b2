import { stripVTControlCharacters } from 'node:util';
import { createContext, Script } from 'node:vm';

/** Longer than any honest expression needs on one log; stops one that backtracks for ever. */
const LIMIT_MS = 2_000;
const search = new Script('new RegExp(pattern, "m").test(output)');

/**
 * Whether `pattern` occurs in `output`: as plain text, else as a regular expression over lines. Colours and other
 * terminal sequences in the output are ignored. An expression that is invalid, or still searching after two
 * seconds, does not occur.
 */
export function occursIn(output: string, pattern: string): boolean {
  const text = stripVTControlCharacters(output);
  if (text.includes(pattern) || output.includes(pattern)) return true;
  try {
    const context = createContext({ pattern, output: text });
    return search.runInContext(context, { timeout: LIMIT_MS }) === true;
  } catch {
    return false;
  }
}
