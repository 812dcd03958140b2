import { canRetry } from '../engine/commands.js';
import type { RunState, TicketRun } from '../engine/state.js';
import { sendCommand } from '../journal/command-folder.js';
import type { RetryAnswer } from '../model/answer-schemas.js';
import type { Clock } from '../model/clock.js';
import { Refusal, refuseAny, type Failure } from '../model/failure.js';
import { ticketId } from '../model/ids.js';
import { unknownTicket } from './unknown-ticket.js';
import type { RunWatch } from './watch-run.js';

/** How long the run may take to obey: it only has to write it down. */
const PATIENCE_MS = 60_000;

/** Tells the run that goes on to try them again, and waits until it has taken them up. Nothing: it ended before it could. */
export async function retryInRun(
  watch: RunWatch,
  state: RunState,
  clock: Clock,
  tickets: readonly string[],
): Promise<RetryAnswer | undefined> {
  refuseAny(tickets.map((id) => refusalOf(state, id)));
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

function refusalOf(state: RunState, id: string): Failure | undefined {
  const entry = state.tickets.get(ticketId(id));
  if (!entry)
    return unknownTicket(
      id,
      state.tickets.keys(),
      `no ticket of run ${state.run}, which is going on`,
    );
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
