import type { Oid } from '../model/ids.js';
import type { Identity } from './places.js';

/** Everything that a commit's id depends on: the same draft makes the same object. */
export interface CommitDraft {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
  readonly author: Identity;
  /** Default: the author. */
  readonly committer?: Identity;
  /** ISO 8601; author and committer date, in UTC. */
  readonly at: string;
  /** ISO 8601 with offset, or git's `@seconds +0000`: the author date, when it is another one. */
  readonly authoredAt?: string;
}

/**
 * A commit as git stores it, word for word what `git commit-tree` would make of the draft. Undefined where that one
 * would change or refuse something: odd characters at the edges of a name, dates in other forms, a NUL.
 */
export function commitText(draft: CommitDraft): string | undefined {
  const { tree, parents, message, author, at, authoredAt } = draft;
  const seconds = Math.floor(Date.parse(at) / 1_000);
  const committed = dateOf(`@${seconds} +0000`);
  const authored = authoredAt === undefined ? committed : dateOf(authoredAt);
  const by = [personOf(author), personOf(draft.committer ?? author)];
  if (committed === undefined || authored === undefined || by.includes(undefined)) return undefined;
  if (message.includes('\0') || new Set(parents).size < parents.length) return undefined;
  return [
    `tree ${tree}\n`,
    ...parents.map((parent) => `parent ${parent}\n`),
    `author ${by[0] ?? ''} ${authored}\n`,
    `committer ${by[1] ?? ''} ${committed}\n`,
    `\n${message}`,
  ].join('');
}

const dateOf = (text: string): string | undefined =>
  /^@(0|[1-9]\d{7,9}) ([+-]\d{4})$/.exec(text)?.[0].slice(1);

const personOf = ({ name, email }: Identity): string | undefined =>
  isPlain(name) && isPlain(email) ? `${name} <${email}>` : undefined;

/** git takes line feeds and angle brackets out, and dots, quotes, colons and blanks off both ends. */
const isPlain = (text: string) =>
  // eslint-disable-next-line no-control-regex
  /^[^\0-\x20.,:;<>"\\'](?:[^\0-\x1f<>]*[^\0-\x20.,:;<>"\\'])?$/.test(text) && isWellFormed(text);

/** Half a surrogate pair is no character, and git would be given another one instead. */
const isWellFormed = (text: string) =>
  !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
