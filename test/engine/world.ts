import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/apply-run.js';
import { decide } from '../../lib/engine/decide.js';
import type { RunState } from '../../lib/engine/state.js';
import { isWanted } from '../../lib/engine/wanted.js';
import type { AgentOutcome } from '../../lib/model/agent.js';
import type { EventDraft, EventOf, RunEvent } from '../../lib/model/event.js';
import { oid, runId, ticketId } from '../../lib/model/ids.js';
import type { Intent, IntentOf } from '../../lib/model/intent.js';
import type { RunOptions, RunTicket } from '../../lib/model/run.js';
import type { Harvest, Verdict } from '../../lib/model/work.js';

/** What fate says about one intent; asked once each time an effect ends. */
export interface Fate {
  /** 0 ≤ x < 1, the next number of a seeded sequence. */
  random(): number;
  fails(intent: Intent): boolean;
  /** A verification lane that cannot be made. */
  readonly brokenLane?: string;
}

export const ticket = (id: string, more: Partial<RunTicket> = {}): RunTicket => ({
  id: ticketId(id),
  title: id,
  dependsOn: [],
  conflictsWith: [],
  priority: 2,
  inheritedPriority: 2,
  estimateMinutes: 5,
  tailMinutes: 5,
  batch: 1,
  order: 0,
  scripts: [],
  message: `feat(x): #${id} work`,
  component: 'X',
  agent: 'test',
  ...more,
});

const options = (more: Partial<RunOptions>): RunOptions => ({
  slots: 2,
  schedule: 'rolling',
  order: 'slack',
  conflictsRunning: 'prefer',
  conflictAttempts: 1,
  commits: 'squash',
  hasChecks: true,
  requestedSlots: 2,
  ...more,
});

export const planned = (
  tickets: readonly RunTicket[],
  more: Partial<RunOptions> = {},
  containers: EventOf<'run.planned'>['containers'] = [],
): EventOf<'run.planned'> => ({
  type: 'run.planned',
  run: runId('20260101-000000-0000'),
  plan: 'p',
  repository: '/r',
  directory: '/r/.git/sage/runs/x',
  base: oid('b0'),
  baseTree: oid('t0'),
  target: 'work',
  branch: 'sage/20260101-000000-0000',
  options: options(more),
  tickets,
  containers,
});

/** What the imagined work is like; by default all of it is good and fits together. */
export interface Nature {
  /** Whether the checks are red on a tree that holds just these tickets. */
  isRed?(contents: ReadonlySet<string>): boolean;
  /** Whether two tickets change the same lines. */
  collide?(one: string, other: string): boolean;
}

export interface LiveOptions {
  readonly commands?: (turn: number) => EventDraft | undefined;
  /** At these turns the process dies; the next one folds the journal, and reconciles what is open. */
  readonly kills?: (turn: number) => boolean;
  readonly nature?: Nature;
  /** Where the user's branch stands now; absent: where the run knows it to be. */
  readonly target?: () => string | undefined;
}

/**
 * The loop over a world that is only imagined: effects end in an order that fate draws, on a virtual clock, and
 * nothing outside is touched. Returns the journal and the last state.
 */
export function live(
  plan: EventOf<'run.planned'>,
  fate: Fate,
  {
    commands = () => undefined,
    kills = () => false,
    nature = {},
    target = () => undefined,
  }: LiveOptions = {},
): { readonly events: RunEvent[]; readonly state: RunState } {
  const events: RunEvent[] = [];
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  let state = stateOf(plan, new Date(now).toISOString());
  const world: ImaginedWorld = { fate, nature, target, contents: new Map() };
  const record = (draft: EventDraft) => {
    const event: RunEvent = {
      v: 2,
      seq: events.length + 1,
      at: new Date(now).toISOString(),
      ...draft,
    };
    events.push(event);
    apply(state, event);
  };
  record(plan);
  for (let turn = 1; turn < 100_000; turn += 1) {
    if (kills(turn)) {
      const journal = JSON.parse(JSON.stringify(events)) as RunEvent[];
      state = stateOf(plan, journal[0]!.at);
      for (const event of journal) apply(state, event);
      record({ type: 'run.resumed', by: 'test' });
    }
    const command = commands(turn);
    if (command) record(command);
    for (let next = decide(state, now); next; next = decide(state, now)) record(next);
    if (state.finished) return { events, state };
    const open = [...state.open.values()];
    if (open.length === 0) throw new Error('stuck: nothing is open and the run is not finished');
    now += 1 + Math.floor(fate.random() * 60_000);
    const intent = open[Math.floor(fate.random() * open.length)] as Intent;
    outcome(intent, state, world).forEach(record);
  }
  throw new Error('the run did not end');
}

interface ImaginedWorld {
  readonly fate: Fate;
  readonly nature: Nature;
  readonly target: () => string | undefined;
  /** Tickets by commit. */
  readonly contents: Map<string, ReadonlySet<string>>;
}

function outcome(intent: Intent, state: RunState, world: ImaginedWorld): EventDraft[] {
  const { fate } = world;
  const fails = fate.fails(intent);
  const closes = intent.key;
  const isCancelled = state.stop?.mode === 'cancel';
  switch (intent.kind) {
    case 'lane.prepare':
      return [lane(intent, fails, fate)];
    case 'agent.run':
      return [agent(intent, fails, isCancelled, fate)];
    case 'work.harvest':
      return [
        {
          type: 'work.harvested',
          attempt: intent.attempt,
          harvest: harvest(intent, fails),
          closes,
        },
      ];
    case 'scripts.run':
      return [
        {
          type: 'scripts.finished',
          attempt: intent.attempt,
          results: intent.scripts.map(({ name, command }) => ({
            ...check(fails ? 'failed' : 'passed'),
            name,
            command,
          })),
          ...(fails && fate.random() < 0.3
            ? { failure: { code: 'lane/setup-failed' as const, message: 'no' } }
            : {}),
          closes,
        },
      ];
    case 'candidate.build':
      return [candidate(intent, fails, world)];
    case 'checks.run':
      return [checks(intent, fails, state, world)];
    case 'ref.move':
      return [move(intent, fails, world.target())];
    case 'target.look':
      return [{ type: 'target.seen', tip: oid(world.target() ?? state.intake.known), closes }];
    case 'ticket.project':
      return [
        {
          type: 'tickets.projected',
          tickets: intent.changes.map((c) => c.ticket),
          notes: [],
          closes,
        },
      ];
    case 'index.commit':
      return [{ type: 'bookkeeping.prepared', commit: oid('book'), closes }];
    case 'run.deliver':
      return [{ type: 'run.delivered', how: 'forwarded', why: '', closes }];
  }
}

function move(
  intent: IntentOf<'ref.move'>,
  fails: boolean,
  target: string | undefined,
): EventDraft {
  const { ticket: id, key: closes, group } = intent;
  if (!id) return { type: 'bookkeeping.landed', commit: intent.new, closes };
  if (fails) {
    const tip = oid(`foreign-${closes}`);
    return { type: 'landing.bounced', ticket: id, why: 'stale', tip, closes };
  }
  const commit = group?.[0]?.commit ?? intent.new;
  const rest = group ? { rest: group.slice(1) } : {};
  const seen = target === undefined ? {} : { target: oid(target) };
  return { type: 'landing.landed', ticket: id, commit, ms: 1, ...rest, ...seen, closes };
}

const lane = (intent: IntentOf<'lane.prepare'>, fails: boolean, fate: Fate): EventDraft => {
  const head = { lane: intent.lane, attempt: intent.attempt, closes: intent.key };
  if (!fails) return { ...head, type: 'lane.prepared', ms: 5, setupMs: 0, wasNew: false };
  const code = fate.random() < 0.7 ? 'lane/not-created' : 'lane/setup-failed';
  return { ...head, type: 'lane.failed', failure: { code, message: 'no' } };
};

const agent = (
  intent: IntentOf<'agent.run'>,
  fails: boolean,
  isCancelled: boolean,
  fate: Fate,
): EventDraft => ({
  type: 'agent.finished',
  attempt: intent.attempt,
  round: intent.round,
  outcome: {
    ...ending(fails, isCancelled, fate),
    usage: { costMicroUsd: Math.floor(fate.random() * 1e6) },
    ms: 1000,
    outputBytes: 0,
    log: 'log',
  },
  closes: intent.key,
});

function ending(
  fails: boolean,
  isCancelled: boolean,
  fate: Fate,
): Pick<AgentOutcome, 'end' | 'failure'> {
  if (isCancelled) return { end: { kind: 'cancelled' } };
  if (!fails) return { end: { kind: 'exited', code: 0 } };
  const dice = fate.random();
  if (dice < 0.3) return { end: { kind: 'exited', code: 1 }, failure: RATE_LIMITED };
  if (dice < 0.8) return { end: { kind: 'exited', code: 1 } };
  const busy = { code: 'agent/crashed', message: 'EAGAIN', retryable: true } as const;
  const failure = dice < 0.9 ? busy : ({ code: 'agent/not-found', message: 'gone' } as const);
  return { end: { kind: 'not-started' }, failure };
}

export const RATE_LIMITED = { code: 'agent/rate-limited', message: '429' } as const;

const harvest = (intent: IntentOf<'work.harvest'>, fails: boolean): Harvest => ({
  ...(fails ? {} : { work: oid(`work-${intent.attempt}`) }),
  commits: [],
  base: intent.base,
  files: [],
  filesTotal: 1,
  hadLeftovers: false,
  droppedTicketEdits: [],
  kept: `refs/sage/kept/${intent.attempt}`,
  notes: [],
});

function candidate(
  intent: IntentOf<'candidate.build'>,
  fails: boolean,
  { fate, nature, contents }: ImaginedWorld,
): EventDraft {
  const { ticket: id, onto, ahead = [], tip = onto } = intent;
  const closes = intent.key;
  const head = { ticket: id, onto, closes };
  const aside = (place: number): EventDraft =>
    place === 0
      ? { type: 'landing.conflicted', ...head, onto: tip, files: ['a'] }
      : {
          type: 'landing.set-aside',
          ticket: id,
          behind: ahead[place - 1]!.ticket,
          files: ['a'],
          closes,
        };
  if (fails) {
    const dice = fate.random();
    if (dice < 0.2) return { ...head, type: 'landing.emptied' };
    if (dice < 0.8) return aside(Math.floor(fate.random() * (ahead.length + 1)));
    return {
      ...head,
      type: 'landing.bounced',
      why: 'failed',
      failure: { code: 'git/failed', message: 'no' },
    };
  }
  const places = [tip, ...ahead.map(({ commit }) => commit)];
  const at = places.findIndex((place) =>
    [...(contents.get(place) ?? [])].some((other) => nature.collide?.(id, other)),
  );
  // Attempts after a conflict know what landed.
  if (at >= 0 && !(intent.attempt ?? '#1').endsWith('#2')) return aside(at);
  const commit = oid(`c-${intent.key}`);
  contents.set(commit, new Set([...(contents.get(onto) ?? []), id]));
  return { ...head, type: 'landing.prepared', commit, tree: oid(`t-${intent.key}`), files: 1 };
}

const check = (outcome: 'passed' | 'failed') => ({
  name: 'check',
  command: 'check',
  outcome,
  flaky: false,
  ms: 1,
  log: 'l',
  logHash: 'h',
  tail: '',
});

function checks(
  intent: IntentOf<'checks.run'>,
  fails: boolean,
  state: RunState,
  { fate, nature, contents }: ImaginedWorld,
): EventDraft {
  const { key: closes, purpose, ticket: id, tree } = intent;
  const isBase = purpose === 'base' || !id;
  // Some are over before they can be stopped.
  const isStopped = state.stop?.mode === 'cancel' || !isWanted(state, intent);
  if (!isBase && isStopped && fate.random() < 0.8) {
    return { type: 'landing.check-cancelled', ticket: id, closes };
  }
  const isBroken = fate.brokenLane === intent.lane || (fails && fate.random() < 0.2);
  if (!isBase && isBroken) {
    const failure = { code: 'lane/not-created' as const, message: 'no' };
    return { type: 'landing.bounced', ticket: id, why: 'failed', failure, closes };
  }
  const isRed =
    !isBase && (fails || nature.isRed?.(contents.get(intent.commit) ?? new Set()) === true);
  const verdict: Verdict = {
    colour: isRed ? 'red' : 'green',
    tree,
    key: 'k',
    results: [check(isRed ? 'failed' : 'passed')],
    cached: false,
    ms: 1,
  };
  return isBase
    ? { type: 'base.checked', verdict, closes }
    : { type: 'landing.verified', ticket: id, verdict, closes };
}

/** Fate by chance: each kind of intent fails at its own rate. */
export function chance(seed: number, rates: Partial<Record<Intent['kind'], number>> = {}): Fate {
  const random = seeded(seed);
  return { random, fails: ({ kind }) => random() < (rates[kind] ?? 0) };
}

/** Mulberry32: a seeded sequence in [0, 1). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
