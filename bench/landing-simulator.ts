import { stateOf } from '../lib/engine/fresh-state.js';
import { apply } from '../lib/engine/apply.js';
import { decide } from '../lib/engine/decide.js';
import type { RunState } from '../lib/engine/state.js';
import { isWanted } from '../lib/engine/wanted.js';
import type { EventDraft, EventOf } from '../lib/model/event.js';
import { oid, runId, ticketId } from '../lib/model/ids.js';
import type { Intent, IntentOf } from '../lib/model/intent.js';
import type { RunOptions, RunTicket } from '../lib/model/run.js';
import type { Verdict } from '../lib/model/work.js';

/** A queue of changes to be landed: which are bad, and how long each verification takes (1 on average). */
export interface LandingWorld {
  readonly changes: number;
  readonly isBad: (change: number) => boolean;
  /** Of one verification, in units of an average one. */
  readonly duration: () => number;
}

export interface LandingFigures {
  readonly landed: number;
  readonly rejected: number;
  /** Verifications that were begun, also those that were stopped. */
  readonly verifications: number;
  /** In units of an average verification. */
  readonly time: number;
}

/**
 * The real engine on a virtual clock: all changes are finished at once, every verification takes its time, git takes
 * none. What ends at the same moment reaches the engine together, as it does in the loop.
 */
export function simulateLanding(
  world: LandingWorld,
  { checkSlots, landVerify }: Required<Pick<RunOptions, 'checkSlots' | 'landVerify'>>,
): LandingFigures {
  const plan = planOf(world.changes, { checkSlots, landVerify });
  const state = stateOf(plan, atTime(0));
  const contents = new Map<string, ReadonlySet<number>>([[state.base, new Set()]]);
  const due: { readonly at: number; readonly intent: Intent }[] = [];
  let now = 0;
  let verifications = 0;
  const record = (draft: EventDraft) => {
    apply(state, { v: 2, seq: state.seq + 1, at: atTime(now), ...draft });
  };
  record(plan);
  for (;;) {
    for (let next = decide(state, now); next; next = decide(state, now)) {
      record(next);
      if (!next.opens) continue;
      const isCheck = next.opens.kind === 'checks.run' && next.opens.purpose === 'landing';
      if (isCheck) verifications += 1;
      due.push({ at: now + (isCheck ? world.duration() : 0), intent: next.opens });
    }
    if (state.finished) break;
    for (const [at, { intent }] of [...due.entries()].reverse()) {
      if (isWanted(state, intent) || intent.kind !== 'checks.run' || !intent.ticket) continue;
      due.splice(at, 1);
      due.push({ at: now, intent });
    }
    now = Math.min(...due.map(({ at }) => at));
    const ended = due.filter(({ at }) => at <= now);
    due.splice(0, due.length, ...due.filter(({ at }) => at > now));
    for (const { intent } of ended) record(outcome(intent, state, world, contents));
  }
  const phases = [...state.tickets.values()].map(({ phase }) => phase);
  return {
    landed: phases.filter((phase) => phase === 'landed').length,
    rejected: phases.filter((phase) => phase === 'deferred').length,
    verifications,
    time: now,
  };
}

/** A unit is a minute. */
const atTime = (units: number) => new Date(Date.UTC(2026, 0) + units * 60_000).toISOString();

function planOf(changes: number, more: Partial<RunOptions>): EventOf<'run.planned'> {
  return {
    type: 'run.planned',
    run: runId('bench'),
    plan: 'bench',
    repository: '/',
    directory: '/',
    base: oid('base'),
    baseTree: oid('base'),
    target: 'main',
    branch: 'sage/bench',
    options: {
      slots: changes,
      requestedSlots: changes,
      schedule: 'rolling',
      order: 'slack',
      conflictsRunning: 'ignore',
      conflictAttempts: 0,
      commits: 'squash',
      hasChecks: true,
      ...more,
    },
    tickets: Array.from({ length: changes }, (_, order) => ticketOf(order)),
    containers: [],
  };
}

const ticketOf = (order: number): RunTicket => ({
  id: ticketId(String(order)),
  title: '',
  dependsOn: [],
  conflictsWith: [],
  priority: 2,
  inheritedPriority: 2,
  estimateMinutes: 1,
  tailMinutes: 1,
  batch: 1,
  order,
  scripts: [],
  message: 'work',
  component: '',
  agent: '',
});

function outcome(
  intent: Intent,
  state: RunState,
  world: LandingWorld,
  contents: Map<string, ReadonlySet<number>>,
): EventDraft {
  const closes = intent.key;
  switch (intent.kind) {
    case 'lane.prepare':
      return {
        type: 'lane.prepared',
        ...{ lane: intent.lane, attempt: intent.attempt, ms: 0, setupMs: 0, wasNew: false, closes },
      };
    case 'agent.run': {
      const end = { kind: 'exited' as const, code: 0 };
      const ran = { end, usage: {}, ms: 0, outputBytes: 0, log: '' };
      return {
        type: 'agent.finished',
        ...{ attempt: intent.attempt, round: intent.round, outcome: ran, closes },
      };
    }
    case 'credential.rest':
    case 'credential.wait':
      throw new Error('nobody has a pool here');
    case 'work.harvest':
      return {
        type: 'work.harvested',
        attempt: intent.attempt,
        harvest: harvestOf(intent),
        closes,
      };
    case 'candidate.build': {
      const { ticket, onto } = intent;
      const commit = oid(closes);
      contents.set(commit, new Set([...(contents.get(onto) ?? []), Number(ticket)]));
      return {
        type: 'landing.prepared',
        ...{ ticket, onto, commit, tree: commit, files: 1, closes },
      };
    }
    case 'checks.run':
      return verdictOf(intent, state, world, contents);
    case 'ref.move': {
      const { ticket, group } = intent;
      if (!ticket) return { type: 'bookkeeping.landed', commit: intent.new, closes };
      const commit = group?.[0]?.commit ?? intent.new;
      const rest = group ? { rest: group.slice(1) } : {};
      return { type: 'landing.landed', ...{ ticket, commit, ms: 0, ...rest, closes } };
    }
    case 'ticket.project': {
      const tickets = intent.changes.map(({ ticket }) => ticket);
      return { type: 'tickets.projected', tickets, notes: [], closes };
    }
    case 'index.commit':
      return { type: 'bookkeeping.prepared', closes };
    case 'run.deliver':
      return { type: 'run.delivered', how: 'forwarded', why: '', closes };
    case 'scripts.run':
    case 'target.look':
      throw new Error(`${intent.kind} is not simulated`);
  }
}

const harvestOf = ({ base }: IntentOf<'work.harvest'>) => ({
  work: base,
  base,
  commits: [],
  files: [],
  filesTotal: 1,
  hadLeftovers: false,
  droppedTicketEdits: [],
  kept: '',
  notes: [],
});

function verdictOf(
  intent: IntentOf<'checks.run'>,
  state: RunState,
  world: LandingWorld,
  contents: ReadonlyMap<string, ReadonlySet<number>>,
): EventDraft {
  const { ticket, tree, key: closes } = intent;
  if (ticket && !isWanted(state, intent)) {
    return { type: 'landing.check-cancelled', ticket, closes };
  }
  const isRed = [...(contents.get(tree) ?? [])].some((change) => world.isBad(change));
  const verdict: Verdict = {
    colour: isRed ? 'red' : 'green',
    ...{ tree, key: '', results: [], cached: false, ms: 0 },
  };
  return ticket
    ? { type: 'landing.verified', ticket, verdict, closes }
    : { type: 'base.checked', verdict, closes };
}
