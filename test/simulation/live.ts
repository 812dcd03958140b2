import { stateOf } from '../../lib/engine/fresh-state.js';
import { journalIn } from '../../lib/journal/journal.js';
import { parseJournal } from '../../lib/journal/read.js';
import type { Effect, Effects } from '../../lib/model/effect.js';
import type { RunState } from '../../lib/engine/state.js';
import type { Command } from '../../lib/model/command.js';
import type { EventDraft, RunEvent } from '../../lib/model/event.js';
import type { IntentKind } from '../../lib/model/intent.js';
import { createInbox, type Inbox } from '../../lib/run/inbox.js';
import { loop } from '../../lib/run/loop.js';
import { foldJournal } from '../../lib/run/read-run.js';
import { seeded } from '../engine/seeded.js';
import { atFence, die, disturb, moveTarget } from './disturbances.js';
import type { Faults } from './faults.js';
import { sweepCalls } from './imagined-agent.js';
import { imaginedEffects, stepsOf, type EffectWorld } from './imagined-effects.js';
import { ImaginedHuman } from './imagined-human.js';
import { ImaginedWorld } from './imagined-world.js';
import type { Scene } from './scene.js';
import { quiet, Timeline, type Life } from './timeline.js';

/** Something broken on purpose in the parts that the loop takes. */
export interface Mutant {
  readonly effects?: (effects: Effects, parts: EffectWorld) => Effects;
  readonly hasNoFence?: boolean;
  /** What a process takes from the journal. */
  readonly fold?: (state: RunState) => void;
  /** What it is told. */
  readonly inbox?: (
    inbox: Inbox<EventDraft | Command>,
    state: RunState,
  ) => Inbox<EventDraft | Command>;
  /** What is true once a record is. */
  readonly meddle?: (event: RunEvent, state: RunState) => void;
}

/** What a run over an imagined world came to. */
export interface Story {
  readonly world: ImaginedWorld;
  readonly human: ImaginedHuman;
  readonly events: readonly RunEvent[];
  /** Absent: it never ended, or its journal was refused. */
  readonly state?: RunState;
  /** Why it did not end. */
  readonly stuck?: string;
  /** Deaths that really happened: the crash points of this story. */
  readonly deaths: number;
  readonly steps: number;
  /** The schedule, when it was asked for. */
  readonly told: readonly string[];
}

/** A ticket takes about sixty steps, twice that when it is cut off now and then. */
const STEPS_A_TICKET = 400;

/**
 * A whole run of the real loop, engine and journal over an imagined world: begun, ended by the faults again and again,
 * and gone on with until it is finished. Everything is drawn from the seeds, so the same call tells the same story.
 */
export async function live(
  scene: Scene,
  faults: Faults,
  mutant: Mutant = {},
  isTelling = false,
): Promise<Story> {
  const stepsLimit = STEPS_A_TICKET * (2 + scene.planned.tickets.length);
  const random = seeded(scene.seed ^ 0x5eed);
  const timeline = new Timeline(random, isTelling);
  const world = new ImaginedWorld(scene);
  const drawn = seeded(faults.seed);
  const human = new ImaginedHuman({
    scene,
    timeline,
    random: seeded(faults.seed ^ 0x5a1),
    isFickle: faults.isFickle === true,
  });
  const story = { deaths: 0, stuck: undefined as string | undefined };
  let final: RunState | undefined;
  let rest: number | undefined;
  for (let number = 1; !final && !story.stuck; number += 1) {
    const life: Life = { number, isAlive: true };
    world.owner = life;
    human.speaksTo(undefined);
    const inbox = createInbox<EventDraft | Command>();
    const started = {
      state: undefined as RunState | undefined,
      error: undefined as unknown,
      isSettled: false,
    };
    const shown: Shown = {};
    void run({ shown, scene, world, human, timeline, life, random, faults, drawn, mutant, inbox })
      .then(
        (state) => (started.state = state),
        (error: unknown) => (started.error = error),
      )
      .finally(() => {
        life.isAlive = false;
        started.isSettled = true;
      });
    await quiet();
    const end = faults.ends[number - 1];
    let left = rest ?? end?.after ?? Infinity;
    rest = undefined;
    while (!started.isSettled && timeline.steps < stepsLimit) {
      const isDue = left <= 0 && end !== undefined;
      if (isDue && (end.how !== 'takeover' || atFence(timeline, life))) break;
      left -= 1;
      disturb(world, faults, drawn, inbox, shown.state);
      if (!(await timeline.step())) break;
    }
    if (started.isSettled) {
      final = started.state;
      // Somebody asks for the delivery of the run that has ended: the next life opens it again.
      if (final && world.askForDelivery(final)) {
        if (faults.rates.target > 0) moveTarget(world, drawn, true);
        final = undefined;
        // A death that did not come in this process may come in the next one.
        rest = left;
        number -= 1;
        continue;
      }
      if (!final) timeline.tell(life, `gives up: ${String(started.error)}`);
      if (isRefusal(started.error)) story.stuck = started.error.message;
      // A process that gave up leaves its git children behind like one that was killed.
      timeline.drop((task) => task.life === life && task.kind === 'own');
    } else if (end && left <= 0) {
      story.deaths += 1;
      die(end.how, { world, timeline, life, drawn });
    } else {
      life.isAlive = false;
      timeline.drop((task) => task.life === life);
      story.stuck =
        timeline.steps < stepsLimit ? 'it waits for nothing' : `no end after ${stepsLimit} steps`;
    }
  }
  while (await timeline.step()); // what died processes left under way ends at last
  const content = parseJournal(world.disk.bytes, 'journal');
  return {
    world,
    human,
    events: content.ok ? content.value.events : [],
    ...(final ? { state: final } : {}),
    ...(story.stuck ? { stuck: story.stuck } : {}),
    ...(content.ok ? {} : { stuck: content.failure.message }),
    deaths: story.deaths,
    steps: timeline.steps,
    told: timeline.told,
  };
}

/** The state of the life that goes on. */
interface Shown {
  state?: RunState;
}

interface RunParts {
  readonly shown: Shown;
  readonly scene: Scene;
  readonly world: ImaginedWorld;
  readonly human: ImaginedHuman;
  readonly timeline: Timeline;
  readonly life: Life;
  readonly random: () => number;
  readonly faults: Faults;
  readonly drawn: () => number;
  readonly mutant: Mutant;
  readonly inbox: Inbox<EventDraft | Command>;
}

class Refused extends Error {}
const isRefusal = (error: unknown): error is Refused => error instanceof Refused;

/** One process, as lib/run/execute-run.ts: sweep, read the journal, fold, go on. */
async function run(parts: RunParts): Promise<RunState> {
  const { shown, scene, world, human, timeline, life, random, faults, drawn, mutant, inbox } =
    parts;
  const { own } = stepsOf({ timeline, life });
  await own('start');
  sweepCalls({ world, timeline }, (call) => call.life !== life);
  await own('swept');
  const content = parseJournal(world.disk.bytes, 'journal');
  if (!content.ok) throw new Refused(content.failure.message);
  const { events, wholeBytes, lastSum } = content.value;
  const now = new Date(timeline.now).toISOString();
  const state = foldJournal(events) ?? stateOf(scene.planned, now);
  const isAsked = state.finished !== undefined && world.isDeliveryAsked(state);
  if (state.finished && !isAsked) return state;
  const checkFence = async () => {
    await own('journal: fence');
    if (world.owner === life) return;
    // It ends, and lets go of what it holds, as soon as what it has under way ends; here that is nothing any more.
    life.isAlive = false;
    throw new Error('another process took over this run');
  };
  const clock = { now: () => timeline.now, monotonic: () => timeline.now };
  const file = world.disk.open({
    pause: (name) => own(name),
    random,
    isFull: () => drawn() < faults.rates.fullDisk,
  });
  const journal = await journalIn(file, {
    clock,
    seq: events.length,
    lastSum,
    wholeBytes,
    checkFence: mutant.hasNoFence ? () => own('journal: fence') : checkFence,
  });
  const rates: Readonly<Record<string, number>> = faults.rates;
  const fails = (what: string) => drawn() < (rates[what] ?? 0);
  const tell = (events: readonly EventDraft[]) => inbox.put(events);
  const effectWorld: EffectWorld = { world, timeline, life, state, random, fails, tell };
  const effects = shaky(imaginedEffects(effectWorld), fails);
  shown.state = state;
  mutant.fold?.(state);
  inbox.put([events.length === 0 ? scene.planned : openingOf(parts, isAsked)]);
  const table = mutant.effects?.(effects, effectWorld) ?? effects;
  human.speaksTo((command) => inbox.put([command]));
  if (state.question) human.sees(state.question, state);
  const onEvent = (event: RunEvent) => {
    mutant.meddle?.(event, state);
    if (event.type === 'question.asked' && state.question) human.sees(state.question, state);
  };
  const heard = mutant.inbox?.(inbox, state) ?? inbox;
  return loop({ journal, effects: table, inbox: heard, clock, folders: ['/'], onEvent }, state);
}

/** How a life begins that is not the first; whoever starts it may want to be asked elsewhere than before. */
function openingOf({ scene, faults, drawn }: RunParts, isAsked: boolean): EventDraft {
  const by = 'simulation';
  if (isAsked) return { type: 'run.reopened', by };
  const isAsking = scene.planned.options.confirm !== undefined;
  const isOtherwise = faults.isFickle === true && drawn() < (isAsking ? 0.2 : 0.05);
  if (!isOtherwise) return { type: 'run.resumed', by };
  const confirm = (['nowhere', 'ticket', 'component'] as const)[Math.floor(drawn() * 3)];
  return { type: 'run.resumed', by, ...(confirm ? { confirm } : {}) };
}

/** Effects whose answer is lost now and then: the loop asks the world instead, as after a crash. */
function shaky(effects: Effects, fails: (what: string) => boolean): Effects {
  const wrapped = Object.entries(effects).map(([kind, effect]) => {
    const { perform, reconcile } = effect as Effect<IntentKind>;
    const losing: typeof perform = async (intent, cancel) => {
      const events = await perform(intent, cancel);
      if (fails('answer')) throw new Error('the answer was lost');
      return events;
    };
    return [kind, { perform: losing, reconcile }];
  });
  return Object.fromEntries(wrapped) as Effects;
}
