import type { Failure } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import { spentOf } from './costs.js';
import { isAccepted } from './baseline.js';
import { blockedTickets, chainOf } from './blocked.js';
import { knownFailuresAtEnd, redBase } from './known-failures.js';
import { otherSchedule, times } from './figures.js';
import { reportsOf } from './reports.js';
import type { RunState, TicketRun } from './state.js';
import { ticketCosts } from './ticket-costs.js';
import { tierRecords } from './tier-records.js';
import { logHint, wayOnWith } from './tickets.js';

/** The run in figures and lists: pure projection of its state, the same for the terminal, JSON and later readers. */
export function summarise(state: RunState): Summary {
  const all = [...state.tickets.values()];
  const figures = times(state);
  const stop = stopOf(state);
  const behind = blockedTickets(state);
  const reports = reportsOf(state);
  return {
    version: 1,
    run: state.run,
    ...(state.backlog === 'tickets' ? {} : { backlog: state.backlog }),
    branch: state.branch,
    target: state.target,
    base: state.base,
    tip: state.tip,
    landed: all.filter(({ phase }) => phase === 'landed').map(landed),
    deferred: all
      .filter(({ phase }) => phase === 'deferred')
      .map((entry) => deferred(state, entry)),
    blocked: blocked(state, behind),
    pending: pending(state, behind),
    containers: [...state.completedContainers],
    ...(reports.length > 0 ? { reports } : {}),
    slots: {
      requested: state.options.requestedSlots,
      used: state.options.slots,
      because: [...(state.options.slotsBecause ?? [])],
      limitedBy: state.limited.map(({ message }) => message),
    },
    schedule: state.options.schedule,
    ...figures,
    otherSchedule: otherSchedule(state),
    ...spentOf(state),
    ...tierRecords(all),
    ...ticketCosts(all),
    ...(state.delivery
      ? {
          delivery: {
            how: state.delivery.how,
            why: state.delivery.why,
            ...(state.delivery.command ? { command: state.delivery.command } : {}),
          },
        }
      : {}),
    ...(state.unpublished ? { unpublished: true } : {}),
    ...(state.projection.unwritten.length > 0
      ? { unwritten: state.projection.unwritten.map((change) => ({ ...change })) }
      : {}),
    notes: [
      ...knownFailuresAtEnd(state),
      ...state.projection.notes,
      ...unwritten(state),
      ...[state.bookkeepingFailure, unpublished(state)].flatMap((failure) =>
        // What kept the delivery back is told there.
        failure && failure.message !== state.delivery?.why ? [sentence(failure)] : [],
      ),
    ],
    ...(stop
      ? {
          stoppedBy: {
            mode: stop.mode,
            by: stop.by,
            ...(stop.failure ? { failure: short(stop.failure) } : {}),
          },
        }
      : {}),
    ...baseFailure(state),
    exitCode: state.finished?.exitCode ?? 0,
  };
}

/** What stopped its work; a later delivery may be stopped without changing that. */
const stopOf = ({ stop, reopened }: RunState) => (reopened ? reopened.stop : stop);

function landed({ ticket, commit, times: spent, attempts, verdict }: TicketRun) {
  return {
    id: ticket.id,
    title: ticket.title,
    commit: commit ?? '',
    ms: Date.parse(spent.landedAt ?? '') - Date.parse(spent.firstStartedAt ?? '') || 0,
    attempts,
    isFlaky: verdict?.results.some(({ flaky }) => flaky) ?? false,
  };
}

function deferred(state: RunState, { ticket, failure, kept }: TicketRun) {
  return {
    id: ticket.id,
    title: ticket.title,
    reason: failure?.message ?? 'unknown',
    code: failure?.code ?? 'internal/bug',
    ...(failure?.hint ? { hint: failure.hint } : {}),
    ...(kept ? { kept } : {}),
    next: wayOnWith(state, ticket.id, kept),
  };
}

/** Tickets that could not start because something they wait for did not land, in this run or before it. */
function blocked(state: RunState, behind: ReadonlySet<TicketId>) {
  const here = [...state.tickets.keys()]
    .filter((id) => behind.has(id))
    .map((id) => ({ id, by: chainOf(state, id) }));
  return [...here, ...state.blocked.map(({ id, by }) => ({ id, by: [...by] }))];
}

/** Tickets this run could have worked on and did not finish, without being to blame. */
function pending(state: RunState, behind: ReadonlySet<TicketId>) {
  return [...state.tickets.values()].flatMap((entry) => {
    const { ticket, phase, why, kept } = entry;
    if (phase === 'released') {
      return [{ id: ticket.id, why: why ?? 'not finished', ...(kept ? { kept } : {}) }];
    }
    if (phase === 'landed' || phase === 'deferred' || behind.has(ticket.id)) return [];
    return [{ id: ticket.id, why: whyNotStarted(state) }];
  });
}

function whyNotStarted(state: RunState): string {
  if (state.baseCheck === 'red')
    return state.baseVerdict ? 'the base is red' : 'the base could not be checked';
  const stop = stopOf(state);
  if (stop)
    return stop.by === 'budget'
      ? 'the cost limit is reached'
      : stop.by === 'credentials'
        ? 'its agent cannot be called any more'
        : 'stopped';
  return state.options.limit === undefined ? 'not started' : '--limit is reached';
}

function baseFailure(state: RunState): { failure?: ReturnType<typeof short> } {
  if (state.baseCheck !== 'red') return {};
  if (state.baseFailure) return { failure: short(state.baseFailure) };
  if (!state.baseVerdict) return {};
  const { hint, ...failure } = redBase(state.baseVerdict, state.base);
  const red = state.baseVerdict.results.find((result) => !isAccepted(result));
  return { failure: { ...failure, hint: red ? `${hint}; ${logHint(state, red.log)}` : hint } };
}

/** The index could not be written at some time; a later write may have caught up. */
function unwritten({ projection: { failure, unwritten: missing } }: RunState): string[] {
  if (!failure) return [];
  return [
    missing.length > 0
      ? sentence(failure)
      : `${failure.message} → written later, nothing is missing`,
  ];
}

/** A publishing that failed without a way out of its own is done again by a delivery. */
const unpublished = ({ unpublished: failure, run }: RunState): Failure | undefined =>
  failure && { ...failure, hint: failure.hint ?? `when that is mended: sage deliver ${run}` };

const short = ({ code, message, hint }: Failure) => ({
  code,
  message,
  ...(hint ? { hint } : {}),
});

const sentence = ({ message, hint }: Failure) => (hint ? `${message} → ${hint}` : message);
