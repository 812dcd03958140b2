import { plainText } from '../process/plain-text.js';

/** The fields of something that a program printed: nothing about them is sure. */
export type Told = Readonly<Record<string, unknown>>;

/** Characters of what an agent says that are kept. */
export const TEXT_LIMIT = 2_000;
const SUMMARY_LIMIT = 200;

/** A line of output as JSON fields; nothing for any other line. */
export function parseTold(line: string): Told | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return told(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The fields of an object; none of anything else. */
export const told = (value: unknown): Told =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Told) : {};

/** A text without control characters, bounded to {@link TEXT_LIMIT}; nothing for what is no text. */
export const toldText = (value: unknown): string | undefined =>
  typeof value === 'string' ? plainText(value).slice(0, TEXT_LIMIT) : undefined;

/** An instant as ISO 8601, from milliseconds since 1970; nothing for what no calendar has. */
export const toldInstant = (ms: number | undefined): string | undefined =>
  ms !== undefined && ms >= 0 && ms < YEAR_10000_MS ? new Date(ms).toISOString() : undefined;

const YEAR_10000_MS = 253_402_300_800_000;

/** Why an agent waits that wants to do `what`, a tool and what it is about: nobody is there to give the permission. */
export const askedFor = (what: string): string =>
  `asks for permission: ${what} (refused: nobody answers)`;

/** What a tool is about to do, in a few words: the first line of its command, file or pattern. */
export function summaryOf(input: unknown): string {
  const given = told(input);
  for (const name of ABOUT) {
    const value = toldText(given[name]);
    if (value !== undefined) return (value.split('\n')[0] ?? '').slice(0, SUMMARY_LIMIT);
  }
  return '';
}

/** In the words of all CLIs, the telling ones first. */
const ABOUT = [
  'command',
  'file_path',
  'filePath',
  'notebook_path',
  'path',
  'absolute_path',
  'dir_path',
  'pattern',
  'url',
  'query',
];
