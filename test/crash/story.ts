import { cp } from 'node:fs/promises';
import { seeded } from '../engine/seeded.js';
import { readStreamEnd } from '../rig/stream-end.js';
import type { Rig } from '../rig/rig.js';
import type { Snapshot } from '../rig/snapshot.js';
import { killAt, recordsIn, VICTIMS, type Moment, type Victim } from './killer.js';
import { crashRig, queueEnd, streamWords, type QueueEnd, type Schedule } from './scenario.js';
import { disorder } from './witness.js';

/** One story of the kill matrix: who is killed when, one after the other, before the queue is let finish. */
export interface Plan {
  readonly name: string;
  readonly schedule: Schedule;
  readonly kills: readonly { readonly victim: Victim; readonly moment: Moment }[];
}

/** What came of it. */
export interface Outcome {
  /** Kills that met a living process. */
  readonly kills: number;
  readonly starts: number;
  readonly faults: readonly string[];
}

/** Starts after the kills until nothing is left to do; more means that it does not come to an end. */
const STARTS_LIMIT = 6;
/** The journal of an undisturbed run has about so many records. */
const RECORDS = 110;

/** Draws a story: first a kill anywhere in the run, then most often more of them, soon after the next starts. */
export function drawPlan(seed: number): Plan {
  const random = seeded(seed);
  const pick = (limit: number) => Math.floor(random() * limit);
  const victim = VICTIMS[pick(VICTIMS.length)] ?? 'orchestrator';
  const schedule: Schedule = random() < 0.3 ? 'batch' : 'rolling';
  const count = 1 + pick(4);
  const kills = Array.from({ length: count }, (_, index) => ({
    // Killed agents and gits change what a run comes to: such a story has no other victims.
    victim: isOutside(victim) || random() < 0.5 ? victim : (VICTIMS[pick(4)] ?? victim),
    moment:
      index > 0 && random() < 0.5
        ? { delayMs: pick(900) }
        : { records: 1 + pick(RECORDS), delayMs: pick(20) },
  }));
  return { name: `seed ${seed}`, schedule, kills };
}

/** A victim that belongs to a ticket's work, not to the run's own processes. */
const isOutside = (victim: Victim) => victim === 'agent' || victim === 'git';

/** Tells a story and compares its end with `wanted`, the end of an undisturbed run on the same kind of branch. */
export async function tellStory(plan: Plan, wanted: QueueEnd): Promise<Outcome> {
  try {
    return await tellInRig(plan, wanted);
  } catch (error) {
    // A rig objects when it is put away; that counts like everything else, and the next story is told.
    return { kills: 0, starts: 0, faults: [String(error)] };
  }
}

async function tellInRig(plan: Plan, wanted: QueueEnd): Promise<Outcome> {
  const isPure = plan.kills.every(({ victim }) => !isOutside(victim));
  await using rig = await crashRig(isPure ? 'main' : 'work');
  const before = rig.snapshot();
  const faults: string[] = [];
  let kills = 0;
  let starts = 0;
  let delayed = 0;
  for (const { victim, moment } of plan.kills) {
    const program = rig.start(...streamWords(plan.schedule));
    starts += 1;
    const records = moment.records === undefined ? {} : { records: moment.records + delayed };
    const hasHit = await killAt(rig, program, victim, { ...moment, ...records });
    if (hasHit) kills += 1;
    await program.wait(120_000);
    delayed = Math.min(recordsIn(rig), RECORDS / 2);
  }
  for (; ; starts += 1) {
    if (starts >= plan.kills.length + STARTS_LIMIT) {
      faults.push('it does not come to an end');
      break;
    }
    const end = await rig.start(...streamWords(plan.schedule)).wait(120_000);
    // Nothing to do, or all that is open waits for what was deferred.
    if ((end.code === 0 || end.code === 3) && !end.stdout.includes('"run.finished"')) break;
    if (!end.stdout.includes('"run.finished"')) {
      faults.push(`it ended with ${end.code ?? 'a signal'}: ${end.stderr.slice(-1_000)}`);
      break;
    }
    const { summary } = readStreamEnd(end);
    if (isPure || summary.pending.length === 0) break;
  }
  faults.push(...(await disorder(rig, isPure)), ...(await compare(rig, plan, before, wanted)));
  if (faults.length > 0) faults.push(`kept: ${await keep(rig)}`);
  return { kills, starts, faults };
}

async function compare(
  rig: Rig,
  plan: Plan,
  before: Snapshot,
  wanted: QueueEnd,
): Promise<string[]> {
  const found = await queueEnd(rig);
  const twice = found.landed.filter((id, index) => found.landed.indexOf(id) !== index);
  const faults = twice.map((id) => `${id} landed twice`);
  const after = rig.snapshot();
  const isPure = plan.kills.every(({ victim }) => !isOutside(victim));
  const kept = isPure ? ([...CHECKOUT, 'files', 'refs', 'index'] as const) : CHECKOUT;
  for (const key of kept) {
    if (JSON.stringify(after[key]) !== JSON.stringify(before[key])) {
      faults.push(`the checkout's ${key} changed`);
    }
  }
  if (isPure) {
    for (const key of ['files', 'states', 'landed'] as const) {
      const [is, should] = [JSON.stringify(found[key]), JSON.stringify(wanted[key])];
      if (is !== should) faults.push(`${key}: ${is} instead of ${should}`);
    }
    return faults;
  }
  // An agent or a git of its lane that is killed from outside has failed: its ticket may be deferred, and says why.
  for (const [id, state] of Object.entries(found.states)) {
    if (state !== wanted.states[id] && state !== 'DEFERRED' && state !== 'UNPROCESSED') {
      faults.push(`${id} is ${state} instead of ${wanted.states[id] ?? 'nothing'}`);
    }
    if (state === 'COMPLETED' && !found.landed.includes(id)) faults.push(`${id} did not land`);
  }
  return faults;
}

const CHECKOUT = ['head', 'stash', 'config', 'hooks'] as const;

async function keep(rig: Rig): Promise<string> {
  const folder = `${rig.places.root}-kept`;
  await cp(rig.places.root, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.sock'),
  });
  return folder;
}
