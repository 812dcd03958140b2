import type { RunState } from '../../lib/engine/state.js';
import type { Effects } from '../../lib/model/effect.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { Oid } from '../../lib/model/ids.js';
import type { AgentRun, IntentOf } from '../../lib/model/intent.js';
import type { TicketState } from '../../lib/model/ticket.js';
import type { Harvest } from '../../lib/model/work.js';
import { rest, waitForKey } from './imagined-rest.js';
import { callAgent, outcomeOf, sweepCalls } from './imagined-agent.js';
import { build } from './imagined-candidate.js';
import { check, result } from './imagined-checks.js';
import { moveRef } from './imagined-landing.js';
import type { ImaginedWorld } from './imagined-world.js';
import type { Life, Timeline } from './timeline.js';

/** What the effects of one process work with. */
export interface EffectWorld {
  readonly world: ImaginedWorld;
  readonly timeline: Timeline;
  readonly life: Life;
  readonly state: RunState;
  readonly random: () => number;
  readonly tell: (events: readonly EventDraft[]) => void;
  /** Whether an outside fault happens now. */
  readonly fails: (what: string) => boolean;
}

const STEP_MS = 40;
const CHILD_MS = 120;

/** The steps of an effect: `own` ones die with their process, `child` ones are done by a git that does not. */
export function stepsOf({ timeline, life }: Pick<EffectWorld, 'timeline' | 'life'>) {
  return {
    own: <T = void>(name: string, act: () => T = () => undefined as T) =>
      timeline.later(life, 'own', name, act, STEP_MS),
    child: <T>(name: string, act: () => T) => timeline.later(life, 'child', name, act, CHILD_MS),
  };
}

/**
 * The table of effects over an imagined world, each with the steps and the meaning of the real one, so that a crash can
 * fall between any two of them.
 */
export function imaginedEffects(parts: EffectWorld): Effects {
  const again = <Perform>(perform: Perform) => ({ perform, reconcile: perform });
  return {
    'lane.prepare': again((intent: IntentOf<'lane.prepare'>) => prepare(parts, intent)),
    'agent.run': {
      perform: (intent, cancel) => callAgent(parts, intent, cancel),
      reconcile: (intent) => recallAgent(parts, intent),
    },
    'credential.rest': again((intent: IntentOf<'credential.rest'>, cancel: AbortSignal) =>
      rest(parts, intent, cancel),
    ),
    'credential.wait': again((intent: IntentOf<'credential.wait'>, cancel: AbortSignal) =>
      waitForKey(parts, intent, cancel),
    ),
    'work.harvest': again((intent: IntentOf<'work.harvest'>) => harvest(parts, intent)),
    'scripts.run': again((intent: IntentOf<'scripts.run'>) => scripts(parts, intent)),
    'candidate.build': again((intent: IntentOf<'candidate.build'>) => build(parts, intent)),
    'checks.run': again((intent: IntentOf<'checks.run'>, cancel: AbortSignal) =>
      check(parts, intent, cancel),
    ),
    'ref.move': again((intent: IntentOf<'ref.move'>) => moveRef(parts, intent)),
    'target.look': again((intent: IntentOf<'target.look'>) => look(parts, intent)),
    'ticket.project': again((intent: IntentOf<'ticket.project'>) => project(parts, intent)),
    'index.commit': again((intent: IntentOf<'index.commit'>) => bookkeeping(parts, intent)),
    'run.deliver': again((intent: IntentOf<'run.deliver'>) => deliver(parts, intent)),
  };
}

async function prepare(
  parts: EffectWorld,
  intent: IntentOf<'lane.prepare'>,
): Promise<EventDraft[]> {
  const { world } = parts;
  const { own, child } = stepsOf(parts);
  const head = { lane: intent.lane, attempt: intent.attempt, closes: intent.key };
  await own(`${intent.key}: look`);
  const lane = world.lanes.get(intent.lane);
  if (parts.fails('lane')) {
    const failure = { code: 'lane/not-created', message: 'no' } as const;
    return [{ ...head, type: 'lane.failed', failure }];
  }
  if (lane && !lane.isHarvested) {
    const { guest, files } = lane;
    await child(`${intent.key}: keep what ${guest} left`, () => world.kept.set(guest, files));
  }
  await own(`${intent.key}: stand on the base`, () => {
    const files = world.git.treeOf(intent.base);
    world.lanes.set(intent.lane, {
      stand: intent.base,
      files,
      guest: intent.attempt,
      isHarvested: false,
    });
  });
  const holdsEarlier =
    intent.earlier !== undefined &&
    (await own(`${intent.key}: lay earlier work`, () => layEarlier(world, intent, intent.earlier)));
  const told = holdsEarlier ? { holdsEarlier } : {};
  const wasNew = lane === undefined;
  return [{ ...head, type: 'lane.prepared', ms: 5, setupMs: 0, wasNew, ...told }];
}

/** Whether it fits onto the base. */
function layEarlier(
  { git, lanes }: ImaginedWorld,
  { base, lane: name }: IntentOf<'lane.prepare'>,
  earlier: Oid | undefined,
): boolean {
  const lane = lanes.get(name);
  const [from] = earlier === undefined ? [] : git.commit(earlier).parents;
  if (!lane || earlier === undefined || from === undefined) return false;
  const merged = git.merge(git.treeOf(from), git.treeOf(base), git.treeOf(earlier));
  if (merged.conflicts.length > 0) return false;
  lane.files = merged.files;
  return true;
}

async function recallAgent(parts: EffectWorld, intent: AgentRun): Promise<EventDraft[]> {
  const { own } = stepsOf(parts);
  const { calls, scene } = parts.world;
  const call = await own(`${intent.key}: how did it end`, () => {
    sweepCalls(parts, (one) => one.intent.key === intent.key);
    const own = calls.filter(({ intent: { key } }) => key === intent.key);
    return own.find(({ state }) => state === 'finished') ?? own[0];
  });
  const told = scene.fates.get(intent.ticket)?.costs && (call?.costMicroUsd ?? 0);
  const known = call?.state === 'finished' ? call.outcome : undefined;
  const outcome = known ?? outcomeOf({ kind: 'cancelled' }, told);
  const { attempt, round, key } = intent;
  return [{ type: 'agent.finished', attempt, round, outcome, closes: key }];
}

async function harvest(
  parts: EffectWorld,
  intent: IntentOf<'work.harvest'>,
): Promise<EventDraft[]> {
  const { world } = parts;
  const { own, child } = stepsOf(parts);
  const lane = await own(`${intent.key}: look`, () => world.lanes.get(intent.lane));
  if (lane?.guest !== intent.attempt) throw new Error(`${intent.lane} is not ${intent.attempt}'s`);
  const { files } = lane;
  await child(`${intent.key}: keep`, () => world.kept.set(intent.attempt, files));
  await own(`${intent.key}: note it`, () => (lane.isHarvested = true));
  const tree = world.git.writeTree(files);
  const message = `work of ${intent.attempt}`;
  const work =
    tree === world.git.commit(intent.base).tree
      ? undefined
      : await child(`${intent.key}: commit`, () =>
          world.git.writeCommit({ parents: [intent.base], tree, message }),
        );
  const found: Harvest = {
    ...(work === undefined ? {} : { work }),
    commits: [],
    base: intent.base,
    files: [],
    filesTotal: 1,
    hadLeftovers: true,
    droppedTicketEdits: [],
    kept: `refs/sage/kept/${intent.attempt}`,
    notes: [],
  };
  return [{ type: 'work.harvested', attempt: intent.attempt, harvest: found, closes: intent.key }];
}

async function scripts(parts: EffectWorld, intent: IntentOf<'scripts.run'>): Promise<EventDraft[]> {
  const { world } = parts;
  await stepsOf(parts).own(`${intent.key}: run`);
  const version = Number(world.git.treeOf(intent.work).get(`own/${intent.ticket}`) ?? 0);
  const isGreen = version > (world.scene.fates.get(intent.ticket)?.fixesWanted ?? 0);
  const results = intent.scripts.map(({ name, command }) => ({
    ...result(isGreen, false),
    name,
    command,
  }));
  return [{ type: 'scripts.finished', attempt: intent.attempt, results, closes: intent.key }];
}

async function project(
  parts: EffectWorld,
  intent: IntentOf<'ticket.project'>,
): Promise<EventDraft[]> {
  const { world } = parts;
  const { own } = stepsOf(parts);
  await own(`${intent.key}: read the index`);
  await own(`${intent.key}: replace the index`, () => {
    for (const { ticket, state } of intent.changes) world.index.set(ticket, state);
  });
  const tickets = intent.changes.map(({ ticket }) => ticket);
  return [{ type: 'tickets.projected', tickets, notes: [], hash: 'h', closes: intent.key }];
}

async function bookkeeping(
  parts: EffectWorld,
  intent: IntentOf<'index.commit'>,
): Promise<EventDraft[]> {
  const { world, state } = parts;
  const states = new Map<string, TicketState>();
  for (const change of state.projection.done) states.set(change.ticket, change.state);
  const text = JSON.stringify([...states].sort(([a], [b]) => (a < b ? -1 : 1)));
  const tree = world.git.writeTree(new Map(world.git.treeOf(intent.onto)).set('.sage/index', text));
  const commit: Oid = await stepsOf(parts).child('bookkeeping: commit', () =>
    world.git.writeCommit({
      parents: [intent.onto],
      tree,
      message: `${intent.message}${intent.at}`,
    }),
  );
  return [{ type: 'bookkeeping.prepared', commit, closes: intent.key }];
}

async function deliver(
  parts: EffectWorld,
  { tip, key }: IntentOf<'run.deliver'>,
): Promise<EventDraft[]> {
  const { world } = parts;
  const { own, child } = stepsOf(parts);
  const left: EventDraft = { type: 'run.delivered', how: 'left', why: 'it moved', closes: key };
  await child('publish', () => world.publish(tip));
  const from = await own('deliver: look', () => world.userTip);
  if (!world.git.isAncestor(tip, from)) {
    if (!world.git.isAncestor(from, tip)) return [left];
    const swapped = await child('deliver: swap', () => world.git.swap(world.target, from, tip));
    if (swapped !== 'moved') return [left];
  }
  await own('deliver: done');
  return [{ type: 'run.delivered', how: 'forwarded', why: '', closes: key }];
}

async function look(
  parts: EffectWorld,
  { key: closes }: IntentOf<'target.look'>,
): Promise<EventDraft[]> {
  const tip = await stepsOf(parts).own('target: look', () => parts.world.userTip);
  return [{ type: 'target.seen', tip, closes }];
}
