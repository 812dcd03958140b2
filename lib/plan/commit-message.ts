import type { Ticket } from '../model/ticket.js';

/** Longest subject; git tools cut beyond it. */
const SUBJECT_LIMIT = 100;

/** Kind of commit by type of ticket; every other type is a `feat`. */
const KINDS: Readonly<Record<string, string>> = {
  bug: 'fix',
  bugfix: 'fix',
  docs: 'docs',
  documentation: 'docs',
  refactor: 'refactor',
  test: 'test',
  testing: 'test',
};

/**
 * Subject and body of the commit a ticket lands as, without trailers: `feat(llm-client): #LLM-CLIENT-002 retry on
 * timeouts`. The scope is the id before its last hyphen, the title is lower-cased and cut at a word. Control characters
 * never get in.
 */
export function commitMessage(ticket: Ticket): string {
  const head = `${KINDS[ticket.type] ?? 'feat'}${scopeOf(ticket.id)}: #${ticket.id}`;
  const title = oneLine(ticket.title).toLowerCase();
  const subject = title === '' || ticket.title === ticket.id ? head : `${head} ${title}`;
  const documents = ticket.documents.map(({ role, path }) => `- ${oneLine(`${role}: ${path}`)}`);
  const body = [
    `Ticket ${ticket.id}: ${oneLine(ticket.title)}`,
    ...(documents.length === 0 ? [] : ['', 'Documents:', ...documents]),
  ];
  return [cut(oneLine(subject)), '', ...body].join('\n');
}

function scopeOf(id: string): string {
  const scope = id
    .slice(0, Math.max(0, id.lastIndexOf('-')))
    .toLowerCase()
    .replace(/[^a-z0-9._/-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return scope === '' ? '' : `(${scope})`;
}

function cut(subject: string): string {
  const characters = Array.from(subject);
  if (characters.length <= SUBJECT_LIMIT) return subject;
  const kept = characters.slice(0, SUBJECT_LIMIT - 1).join('');
  const atWord = kept.lastIndexOf(' ');
  return `${(atWord > SUBJECT_LIMIT / 2 ? kept.slice(0, atWord) : kept).trimEnd()}…`;
}

const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
