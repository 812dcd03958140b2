import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canRetry } from '../engine/commands.js';
import type { RunState, TicketRun } from '../engine/state.js';
import { openDepot } from '../git/depot.js';
import { listKeptWork } from '../git/kept-work.js';
import type { Repository } from '../git/places.js';
import { sendCommand } from '../journal/command-folder.js';
import { takeOwnership } from '../journal/owner.js';
import { listRuns, newRunId, sageDirectory } from '../journal/run-directory.js';
import type { RetryAnswer } from '../model/answer-schemas.js';
import type { Clock } from '../model/clock.js';
import { Refusal, type Failure } from '../model/failure.js';
import { ticketId } from '../model/ids.js';
import { nearest } from '../model/nearest.js';
import type { Ticket } from '../model/ticket.js';
import { projectTickets } from '../tickets/project.js';
import { loadIndex } from '../tickets/read.js';
import { findOwedStates, writeOwedStates } from './owed-states.js';
import { INDEX_PATH } from './survey.js';
import { findUnfinished } from './unfinished.js';
import { watchRun, type RunWatch } from './watch-run.js';

/** How long the run may take to obey: it only has to write it down. */
const PATIENCE_MS = 60_000;

/**
 * Wants deferred tickets tried again. A run that goes on here and has them takes them up by itself; where none does, their
 * state in the index goes back to UNPROCESSED and the next run takes them. What was kept of them stays where it is.
 */
export async function retryTickets(
  repository: Repository,
  clock: Clock,
  asked: readonly string[],
): Promise<RetryAnswer> {
  const tickets = [...new Set(asked)];
  using watch = await watchRun(repository.commonDir, undefined);
  const status = await watch?.read();
  if (watch?.state && status?.pid !== undefined)
    return (
      (await inRun(watch, watch.state, clock, tickets)) ??
      (await inIndex(repository, clock, tickets))
    );
  return await inIndex(repository, clock, tickets);
}

/** Nothing: it ended before it could. */
async function inRun(
  watch: RunWatch,
  state: RunState,
  clock: Clock,
  tickets: readonly string[],
): Promise<RetryAnswer | undefined> {
  refuse(tickets.map((id) => refusalInRun(state, id)));
  const waiting = new Set(tickets);
  const by = 'sage retry';
  await sendCommand(
    watch.directory,
    { type: 'retry-tickets', tickets: tickets.map(ticketId), by },
    clock.now(),
  );
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  while (waiting.size > 0) {
    const { pid, state: word } = await watch.read((event) => {
      if (event.type === 'ticket.retried') waiting.delete(event.ticket);
    });
    if (waiting.size === 0) break;
    if (word === 'finished') return undefined;
    if (pid === undefined || clock.monotonic() > giveUpAt || !canAll(state, waiting))
      throw new Refusal([notTaken(state)], 1);
    await watch.grown(200);
  }
  return {
    version: 1,
    run: state.run,
    tickets: tickets.map((id) => {
      const kept = state.tickets.get(ticketId(id))?.kept;
      return { id, wasOpen: false, ...(kept === undefined ? {} : { kept }) };
    }),
  };
}

const canAll = (state: RunState, ids: ReadonlySet<string>) =>
  [...ids].every((id) => canRetry(state, ticketId(id)));

function refusalInRun(state: RunState, id: string): Failure | undefined {
  const known = [...state.tickets.keys()];
  const entry = state.tickets.get(ticketId(id));
  if (!entry) return unknown(id, known, `no ticket of run ${state.run}, which is going on`);
  if (entry.phase !== 'deferred' && entry.phase !== 'released') return inHand(entry);
  if (canRetry(state, ticketId(id))) return undefined;
  const why =
    state.stop || state.reopened || state.ending !== 'no'
      ? 'is ending'
      : state.parts.size > 0
        ? 'goes by epics'
        : 'is past its batch';
  return {
    code: 'usage/invalid',
    message: `run ${state.run} ${why}, so ${id} cannot be tried again in it`,
    hint: `when it has ended (\`sage status --follow\`): sage retry ${id}`,
    retryable: true,
  };
}

function inHand({ ticket: { id }, phase, commit }: TicketRun): Failure {
  if (phase === 'landed') {
    return {
      code: 'usage/invalid',
      message: `${id} has landed${commit ? ` as ${commit.slice(0, 10)}` : ''}; there is nothing to try again`,
      hint: 'to undo it, `git revert` that commit, and open a new ticket',
    };
  }
  return {
    code: 'usage/invalid',
    message:
      phase === 'waiting'
        ? `${id} was not tried yet: the run starts it by itself`
        : `${id} is being worked on`,
    hint: `\`sage status\` says how far it is; \`sage cancel ${id}\` gives it back first`,
  };
}

const notTaken = (state: RunState): Failure => ({
  code: 'run/not-answering',
  message: `run ${state.run} did not take the tickets up again`,
  hint: 'look how it stands (`sage status`); what it does not take up, `sage retry` puts back for the next run',
  retryable: true,
});

/** No run goes on: the next one takes what is UNPROCESSED. */
async function inIndex(
  repository: Repository,
  clock: Clock,
  tickets: readonly string[],
): Promise<RetryAnswer> {
  const { commonDir, root } = repository;
  const at = new Date(clock.now()).toISOString();
  const run = (await listRuns(commonDir)).at(-1)?.run ?? newRunId(clock.now(), '0');
  const owned = await takeOwnership(sageDirectory(commonDir), run, at);
  if (!owned.ok) throw new Refusal([owned.failure], 2);
  await using ownership = owned.value;
  const unfinished = await findUnfinished(commonDir);
  if (unfinished) throw new Refusal([interrupted(unfinished.directory.run, tickets)], 2);
  await ownership.checkFence();
  const owed = await findOwedStates(commonDir);
  if (owed) await writeOwedStates(repository, owed);
  const file = join(root, INDEX_PATH);
  const index = await loadIndex(file);
  if (!index.ok) throw new Refusal([index.failure], 2);
  const byId = new Map(index.value.tickets.map((ticket) => [ticket.id as string, ticket]));
  refuse(tickets.map((id) => refusalInIndex(byId, id)));
  const changes = tickets
    .filter((id) => byId.get(id)?.state === 'DEFERRED')
    .map((id) => ({
      ticket: ticketId(id),
      state: 'UNPROCESSED' as const,
      at: `${at.slice(0, 19)}Z`,
    }));
  if (changes.length > 0) {
    const written = await projectTickets(file, changes);
    if (!written.ok) throw new Refusal([written.failure], 1);
  }
  const put = new Set<string>(changes.map(({ ticket }) => ticket));
  return {
    version: 1,
    tickets: await Promise.all(
      tickets.map(async (id) => {
        const kept = await newestKept(repository, id);
        return { id, wasOpen: !put.has(id), ...(kept === undefined ? {} : { kept }) };
      }),
    ),
  };
}

function refusalInIndex(byId: ReadonlyMap<string, Ticket>, id: string): Failure | undefined {
  const ticket = byId.get(id);
  if (!ticket) return unknown(id, [...byId.keys()], `no ticket of ${INDEX_PATH}`);
  if (ticket.state === 'COMPLETED') {
    return {
      code: 'usage/invalid',
      message: `${id} is COMPLETED; there is nothing to try again`,
      hint: 'to undo it, `git revert` its commit, and open a new ticket',
    };
  }
  if (ticket.state !== 'IN_PROGRESS') return undefined;
  return {
    code: 'usage/invalid',
    message: `${id} is IN_PROGRESS, and no run of sage goes on here: somebody else works on it`,
    hint: `when nobody does, set its state to UNPROCESSED in ${INDEX_PATH}`,
  };
}

const interrupted = (run: string, tickets: readonly string[]): Failure => ({
  code: 'usage/invalid',
  message: `run ${run} was interrupted, and may still have to do with ${tickets.join(', ')}`,
  hint: `go on with it first (sage resume --detach), then: sage retry ${tickets.join(' ')}`,
});

function unknown(id: string, known: readonly string[], what: string): Failure {
  const near = nearest(id, known);
  return {
    code: 'plan/unknown-ticket',
    message: `${JSON.stringify(id.slice(0, 80))} is ${what}`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  };
}

function refuse(failures: readonly (Failure | undefined)[]): void {
  const all = failures.filter((failure) => failure !== undefined);
  if (all.length > 0) throw new Refusal(all, 2);
}

/** The ref of the newest work that is kept of a ticket; a repository in which sage never ran keeps none. */
async function newestKept(repository: Repository, id: string): Promise<string | undefined> {
  const depotHead = join(repository.commonDir, 'sage', 'depot.git', 'HEAD');
  if (!(await stat(depotHead).catch(() => undefined))) return undefined;
  const depot = await openDepot(repository);
  if (!depot.ok) throw new Refusal([depot.failure], 2);
  const kept = await listKeptWork(depot.value, id);
  if (!kept.ok) throw new Refusal([kept.failure], 2);
  return kept.value[0]?.ref;
}
