import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';
import { failed, success, type Result } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import type { TicketChange, TicketState } from '../model/ticket.js';
import { readIndexText } from './read.js';
import { editIndexText } from './write.js';

/** A change and, optionally, the state that we believe the ticket has before it. */
export interface ProjectedChange extends TicketChange {
  readonly expected?: TicketState;
}

/** What a projection left behind. */
export interface Projection {
  /** SHA-256 of the file's bytes, hexadecimal: the `lastWritten` of the next call. */
  readonly hash: string;
  readonly notes: readonly string[];
  readonly touched: readonly TicketId[];
}

/** What a projection knows of the last one. */
export interface ProjectOptions {
  /** {@link Projection.hash} of our last write; absent at the first. */
  readonly lastWritten?: string;
}

const TRIES = 3;
const PAUSE_MS = 150;

/**
 * Writes ticket changes into an index file: reads it anew, edits only those tickets, replaces it in one step (same
 * folder, same mode and owner; a link is followed to its target), reads it back. Doing it again is safe.
 *
 * Somebody may edit the file meanwhile. Their work on other tickets and fields simply stays. Where they changed the
 * state of one of our tickets (`expected` says what we left there): a human's COMPLETED or DEFERRED wins over our
 * IN_PROGRESS or UNPROCESSED, as they settled it and we only speak of being under way; our COMPLETED or DEFERRED is a fact (a commit
 * landed, work is kept) and is written over theirs. Both are told in `notes`.
 *
 * A file that is broken at the moment (somebody is saving it) is read again a few times, then `index/write-failed`.
 */
export async function projectTickets(
  file: string,
  changes: readonly ProjectedChange[],
  options: ProjectOptions = {},
): Promise<Result<Projection>> {
  try {
    return await project(await realpath(file), file, changes, options);
  } catch (error) {
    return writeFailure(file, (error as Error).message);
  }
}

async function project(
  target: string,
  file: string,
  changes: readonly ProjectedChange[],
  { lastWritten }: ProjectOptions,
): Promise<Result<Projection>> {
  let trouble = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (attempt > 1) await wait(PAUSE_MS * (attempt - 1));
    const before = await readFile(target);
    const text = before.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(before)) {
      trouble = 'it is not UTF-8, so it cannot be rewritten without loss';
      continue;
    }
    const index = readIndexText(text, file);
    const fault = index.diagnostics.find(({ severity }) => severity === 'critical');
    if (fault) {
      trouble = `${fault.message} (line ${fault.where?.line ?? 1}, column ${fault.where?.column ?? 1})`;
      continue;
    }
    const states = new Map(index.tickets.map(({ id, state }) => [id, state]));
    const { wanted, notes } = settle(changes, states);
    if (lastWritten !== undefined && sha256(before) !== lastWritten) {
      notes.push(`${file} was changed by somebody else since the last write; their changes stay.`);
    }
    const edited = editIndexText(text, wanted);
    const after = Buffer.from(edited.text, 'utf8');
    // Whoever saved while we were thinking is read again rather than overwritten.
    if (!(await readFile(target)).equals(before)) {
      trouble = 'somebody else keeps saving it';
      continue;
    }
    if (!after.equals(before)) await writeFileAtomic(target, after);
    const hash = sha256(after);
    if (sha256(await readFile(target)) !== hash) {
      trouble = 'somebody else saved it at the same moment';
      continue;
    }
    return success({ hash, notes: [...notes, ...edited.notes], touched: edited.touched });
  }
  return writeFailure(file, trouble);
}

/** Decides for each change whether it still applies to what the file says now. */
function settle(changes: readonly ProjectedChange[], states: Map<TicketId, TicketState>) {
  const wanted: TicketChange[] = [];
  const notes: string[] = [];
  for (const change of changes) {
    const { ticket, state, expected } = change;
    const found = states.get(ticket);
    const isForeign =
      expected !== undefined && found !== undefined && found !== expected && found !== state;
    if (!isForeign) wanted.push(change);
    else if (isSettled(found) && !isSettled(state)) {
      notes.push(`${ticket} was set to ${found} by somebody else; that stays, not ${state}.`);
      continue;
    } else {
      wanted.push(change);
      notes.push(`${ticket} was set to ${found} by somebody else; now it is ${state}.`);
    }
    states.set(ticket, state);
  }
  return { wanted, notes };
}

const isSettled = (state: TicketState) => state === 'COMPLETED' || state === 'DEFERRED';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const writeFailure = (file: string, why: string) =>
  failed({
    code: 'index/write-failed',
    message: `The ticket states could not be written to ${file}: ${why}`,
    hint: 'The journal holds them; mend the file, and the next start writes them.',
    retryable: true,
    where: { file },
  });
