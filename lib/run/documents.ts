import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { TicketId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';

/** A document that a ticket names, as it stood in the checkout when the run was planned. */
export interface PromptDocument {
  readonly role: string;
  readonly path: string;
  /** Absent: it could not be read, see `problem`. */
  readonly text?: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly hash?: string;
  readonly problem?: string;
}

/** A document longer than this many characters is cut: a prompt is no place for a manual. */
const DOCUMENT_LIMIT = 60_000;

/**
 * Reads what the tickets name, each file once. Documents may be untracked, so lanes lack them; paths that lead out of
 * the checkout (also through links) are refused, since their text would end up in a prompt.
 */
export async function readDocuments(
  root: string,
  tickets: readonly Ticket[],
): Promise<Record<TicketId, readonly PromptDocument[]>> {
  const top = await realpath(root);
  const seen = new Map<string, Promise<Omit<PromptDocument, 'role'>>>();
  const entries = tickets.map(async ({ id, documents }) => {
    const read = documents.map(async ({ role, path }) => {
      const known = seen.get(path) ?? readOne(top, path);
      seen.set(path, known);
      return { role, ...(await known) };
    });
    return [id, await Promise.all(read)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function readOne(top: string, path: string): Promise<Omit<PromptDocument, 'role'>> {
  try {
    const real = await realpath(resolve(top, path));
    const inside = relative(top, real);
    if (isAbsolute(path) || inside.startsWith('..') || isAbsolute(inside)) {
      return { path, problem: 'it lies outside the repository' };
    }
    const bytes = await readFile(real);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const text = bytes.toString('utf8');
    if (text.includes('\u0000')) return { path, hash, problem: 'it is not a text' };
    return text.length <= DOCUMENT_LIMIT
      ? { path, hash, text }
      : {
          path,
          hash,
          text: `${text.slice(0, DOCUMENT_LIMIT)}\n[cut after ${DOCUMENT_LIMIT} characters]`,
        };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      path,
      problem:
        code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? 'unknown'})`,
    };
  }
}
