import type { EventOf } from '../model/event.js';
import type { TicketId } from '../model/ids.js';
import { partsOf } from './epic-parts.js';
import { freshIntake } from './intake.js';
import type { LandingState } from './landing-state.js';
import { freshPools } from './pool-state.js';
import { createQueue } from './queue.js';
import { allSlots, freshHistory } from './slots.js';
import type { RunState, TicketRun } from './state.js';

/** The state before the first event of a run has been applied. */
export function stateOf(planned: EventOf<'run.planned'>, at: string): RunState {
  const tickets = new Map<TicketId, TicketRun>(
    planned.tickets.map((ticket) => [ticket.id, freshTicket(ticket)]),
  );
  return {
    run: planned.run,
    backlog: planned.backlog ?? 'tickets',
    directory: planned.directory,
    base: planned.base,
    baseTree: planned.baseTree,
    target: planned.target,
    branch: planned.branch,
    options: planned.options,
    slots: allSlots(planned),
    slotHistory: freshHistory(),
    tip: planned.base,
    tickets,
    blocked: planned.blocked ?? [],
    containers: new Map(planned.containers.map(({ id, open }) => [id, new Set(open)])),
    emptyContainers: planned.containers.filter(({ open }) => open.length === 0).map(({ id }) => id),
    completedContainers: [],
    active: new Map(),
    queue: createQueue(planned.tickets, {
      slots: allSlots(planned),
      schedule: planned.options.schedule,
      order: planned.options.order,
      conflictsRunning: planned.options.conflictsRunning,
    }),
    parts: partsOf(planned.tickets),
    settling: [],
    landing: freshLanding(planned.options.checkSlots ?? 1),
    intake: freshIntake(planned.base),
    baseCheck: planned.options.hasChecks ? 'wanted' : 'none',
    baseline: [],
    mended: [],
    cancelling: new Set(),
    cooling: new Set(),
    approved: { tickets: new Set(), components: new Set() },
    ...(planned.options.confirm ? { confirm: planned.options.confirm } : {}),
    limited: [],
    pools: freshPools(planned.options.pools),
    agents: new Set(planned.tickets.map(({ agent }) => agent)),
    out: new Map(),
    keyWaitMs: 0,
    projection: { pending: [], inFlight: 0, done: [], unwritten: [], notes: [] },
    ending: 'no',
    open: new Map(),
    started: 0,
    sessions: planned.options.sessionsBefore ?? 0,
    costMicroUsd: 0,
    pricedMicroUsd: 0,
    unknownCosts: new Set(),
    tokens: 0,
    startedAt: at,
    lastAt: at,
    seq: 0,
  };
}

/** The landing queue of a run in which nothing lands yet. */
export function freshLanding(slots: number): LandingState {
  return {
    queue: [],
    chain: [],
    landedToo: [],
    lanes: Array.from({ length: slots }, (_, slot) => `check-${slot + 1}`),
    width: slots,
    marks: [],
    outcomes: [],
    built: 0,
    isBatchLanding: false,
  };
}

function freshTicket(ticket: TicketRun['ticket']): TicketRun {
  const times = {
    attemptMs: 0,
    agentMs: 0,
    laneMs: 0,
    setupMs: 0,
    landingMs: 0,
    waitedForLandingMs: 0,
  };
  return {
    ticket,
    phase: 'waiting',
    attempts: 0,
    numbered: 0,
    conflicts: 0,
    sentBack: 0,
    reports: [],
    throttled: 0,
    times,
  };
}
