import type { EventDraft, EventOf } from '../model/event.js';
import { attemptAddress, laneName, type LaneName, type TicketId } from '../model/ids.js';
import { mayStart } from './approval.js';
import { askForMoney } from './budget.js';
import { modelOfNext } from './cheaper-model.js';
import { askToStart } from './decide-question.js';
import { epicGate, workOf } from './epics.js';
import type { RunState, TicketRun } from './state.js';
import type { Choice } from './queue.js';
import { freeKey, keyLack, outage } from './pools.js';
import { minutesInto, ticketRun } from './tickets.js';

/** Starts the best ready ticket in the lowest free lane, while slots, limits and the schedule allow it. */
export function decideDispatch(state: RunState, now: number): EventDraft | undefined {
  if (!isDispatching(state)) return undefined;
  const next = chooseNext(state, now, heldAgents(state, now));
  if (!next) return undefined;
  const ticket = ticketRun(state, next.ticket);
  const model = modelOfNext(state, ticket.ticket);
  const money = askForMoney(state, ticket.ticket.agent, model?.name, true);
  if (money === 'wait') return undefined;
  if (money.kind === 'refused')
    return { type: 'run.stop-requested', mode: 'drain', by: 'budget', failure: money.failure };
  if (!mayStart(state, next.ticket)) return askToStart(state, next);
  const part = state.parts.get(next.ticket);
  const lane = part?.lane ?? freeLane(state);
  const before = part && workOf(state, part);
  const base = before?.work ?? state.tip;
  const key = freeKey(state, ticket.ticket.agent, now);
  const attempt = attemptAddress(next.ticket, ticket.numbered + 1);
  return {
    type: 'attempt.started',
    ticket: next.ticket,
    attempt,
    lane,
    base,
    because: becauseOf(ticket),
    reason: before ? `goes on with ${before.ticket}, of the same epic` : next.reason,
    ...(key ? { credential: key.id } : {}),
    ...(money.reserved === undefined ? {} : { reserved: money.reserved }),
    ...(model === ticket.ticket.model || !model ? {} : { model }),
    opens: {
      kind: 'lane.prepare',
      key: `lane/${attempt}/${state.seq}`,
      lane,
      attempt,
      ticket: next.ticket,
      base,
      ...(ticket.again?.kind === 'review' ? { earlier: ticket.again.earlierWork } : {}),
    },
  };
}

/** While somebody thought about what was asked, another may have become better; and a component is gone on with. */
const chooseNext = (state: RunState, now: number, held: ReadonlySet<string>): Choice | undefined =>
  (state.confirm && chooseAmong(state, now, held, (id) => mayStart(state, id))) ??
  chooseAmong(state, now, held);

/** Agents that cannot be called any more. */
const outAgents = (state: RunState): ReadonlySet<string> =>
  new Set(
    [...state.out.keys(), ...state.pools.keys()].filter(
      (agent) => outage(state, agent) !== undefined,
    ),
  );

/** Agents that cannot be called now: their tickets stay where they are in the queue. */
const heldAgents = (state: RunState, now: number): ReadonlySet<string> =>
  new Set([
    ...outAgents(state),
    ...[...state.pools.keys()].filter((agent) => !freeKey(state, agent, now)),
  ]);

/** Tells that a slot is free for want of a key, and when that is over. */
export function decideLack(state: RunState, now: number): EventDraft | undefined {
  const { lacking, slots, active, pools } = state;
  if (pools.size === 0) return undefined;
  const next = isDispatching(state) ? chooseNext(state, now, outAgents(state)) : undefined;
  if (!next) return lacking && { type: 'credential.sufficed' };
  const { agent } = ticketRun(state, next.ticket).ticket;
  if (!pools.has(agent) || freeKey(state, agent, now))
    return lacking && { type: 'credential.sufficed' };
  const why = keyLack(state, agent, now);
  if (lacking?.agent === agent && lacking.why.kind === why.kind) return undefined;
  return { type: 'credential.lacked', agent, why, running: active.size, slots };
}

/** A drained run that was killed while it ended: gone on with, it ends. */
const isDispatching = (state: RunState): boolean =>
  !state.stop &&
  state.paused === undefined &&
  !state.question &&
  state.active.size < (state.confirm ? 1 : state.slots) &&
  !state.landing.isBatchLanding &&
  state.ending === 'no';

function chooseAmong(
  state: RunState,
  now: number,
  held: ReadonlySet<string>,
  isWanted?: (id: TicketId) => boolean,
): Choice | undefined {
  const isLimited = isLimitReached(state);
  if (isLimited && !hasBegun(state)) return undefined;
  const gate = epicGate(state);
  // Without looking at each of its tickets, where a run has but one agent.
  if (held.size > 0 && [...state.agents].every((agent) => held.has(agent))) return undefined;
  const isHeld = (id: TicketId) =>
    held.has(ticketRun(state, id).ticket.agent) ||
    // At the limit a ticket that was begun may be tried again, also past better ones that were not.
    (isLimited && ticketRun(state, id).attempts === 0) ||
    gate?.(id) === false ||
    isWanted?.(id) === false;
  const nowMinutes = minutesInto(state, new Date(now).toISOString());
  const { cooling, queue } = state;
  if (cooling.size === 0) {
    const isOpen = !isLimited && !gate && !isWanted && held.size === 0;
    return queue.next({ nowMinutes, ...(isOpen ? {} : { isExcluded: isHeld }) });
  }
  // Those at work hold what the API grants: who was refused waits for the first of them, not for a time.
  const rested = queue.next({ nowMinutes, isExcluded: (id) => isHeld(id) || cooling.has(id) });
  if (rested || state.active.size > 0) return rested;
  for (const longest of cooling) {
    const again = queue.next({ nowMinutes, isExcluded: (id) => id !== longest || isHeld(id) });
    if (again) return again;
  }
  return undefined;
}

function becauseOf({
  again,
  throttled,
  hasWaited,
}: TicketRun): EventOf<'attempt.started'>['because'] {
  if (again?.kind === 'conflict' || again?.kind === 'review') return again.kind;
  return throttled > 0 || hasWaited ? 'rate-limit' : 'first';
}

/** Whether a ticket could be started if nothing held the run back, and every key were free. */
export const isStartable = (state: RunState, now: number) =>
  chooseNext(state, now, outAgents(state)) !== undefined;

/** Nothing can be started now only because no key of its agent is free. */
export const isHeldForKeys = (state: RunState): boolean =>
  state.pools.size > 0 && isDispatching(state) && isStartable(state, Date.parse(state.lastAt));

/** `--limit N` counts tickets, not attempts. */
export const isLimitReached = (state: RunState) =>
  state.options.limit !== undefined && state.started >= state.options.limit;

/** Whether a ticket waits to be tried again. */
const hasBegun = (state: RunState) =>
  [...state.tickets.values()].some(({ phase, attempts }) => phase === 'waiting' && attempts > 0);

function freeLane(state: RunState): LaneName {
  const taken = new Set([...state.active.values()].map(({ lane }) => lane));
  let slot = 1;
  while (taken.has(laneName(slot))) slot += 1;
  return laneName(slot);
}
