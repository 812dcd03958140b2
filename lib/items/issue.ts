import type { Failure } from '../model/failure.js';

/** An issue, wherever it came from. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly isClosed: boolean;
  /** A path relative to the checkout, or an address. */
  readonly source: string;
}

export interface IssueReading {
  readonly issues: readonly Issue[];
  readonly faults: readonly Failure[];
}

export const notRead = (fault: Failure): IssueReading => ({ issues: [], faults: [fault] });

/** Reads one object as the issues API of GitHub, and `gh issue list --json`, write it; words for what is wrong with it. */
export function readIssue(value: unknown, source: string): Issue | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'an issue must be an object with `number` and `title`';
  }
  const { number, title, body, state, html_url: address } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(number) || (number as number) < 1) {
    return `an issue has no usable \`number\`: ${shown(number)}`;
  }
  if (typeof title !== 'string') return `issue ${String(number)} has no \`title\``;
  return {
    number: number as number,
    title: title.replace(/\s+/g, ' ').trim(),
    body: typeof body === 'string' ? body : '',
    isClosed: typeof state === 'string' && state.toLowerCase() === 'closed',
    source: typeof address === 'string' ? address : source,
  };
}

/** Whether it is a pull request, which the issues API lists too. */
export const isPullRequest = (value: unknown) =>
  typeof value === 'object' && value !== null && 'pull_request' in value;

const shown = (value: unknown) =>
  value === undefined ? 'it is missing' : JSON.stringify(value).slice(0, 60);
