import {
  drawDeaths,
  drawTrouble,
  oneDeath,
  undisturbed,
  type Death,
  type Faults,
} from './faults.js';
import { costFaults, endOf, judge } from './judge.js';
import { live, type Mutant, type Story } from './live.js';
import { drawScene, limitedScene } from './scene.js';

/** A way to tell the story of a seed: `deaths` must come to the end of an undisturbed run, `trouble` may come to others. */
export type Manner = 'deaths' | 'trouble';

/** What became of one story. */
export interface Told {
  readonly seed: number;
  readonly manner: Manner;
  readonly story: Story;
  /** Broken promises; none for a sound story. */
  readonly faults: readonly string[];
}

/** The story of a seed, with the schedule of its events when asked for. */
export async function tell(
  seed: number,
  manner: Manner,
  mutant: Mutant = {},
  isTelling = false,
): Promise<Told> {
  const scene = drawScene(seed);
  const faults = manner === 'deaths' ? drawDeaths(seed) : drawTrouble(seed);
  const story = await live(scene, faults, mutant, isTelling);
  const wanted = manner === 'deaths' ? endOf(await live(scene, undisturbed)) : undefined;
  return { seed, manner, story, faults: judge(story, wanted) };
}

/** A long queue whose run dies again and again. */
export async function soak(
  seed: number,
  tickets: number,
  deaths: number,
  mutant: Mutant = {},
): Promise<Told> {
  const scene = drawScene(seed, tickets);
  const story = await live(scene, drawDeaths(seed, deaths), mutant);
  const wanted = endOf(await live(scene, undisturbed));
  return { seed, manner: 'deaths', story, faults: judge(story, wanted) };
}

/** A scene whose run dies once, at each of its steps in turn. Answers what was broken and how many deaths there were. */
export async function dieAtEachStep(
  seed: number,
  how: Death,
): Promise<{ readonly faults: readonly string[]; readonly deaths: number }> {
  const scene = drawScene(seed);
  const calm = await live(scene, undisturbed);
  const wanted = endOf(calm);
  const faults = judge(calm).map((fault) => `undisturbed: ${fault}`);
  let deaths = 0;
  for (let step = 0; step < calm.steps; step += 1) {
    const plan: Faults = oneDeath(step, how);
    const story = await live(scene, plan);
    deaths += story.deaths;
    faults.push(...judge(story, wanted).map((fault) => `${how} at step ${step}: ${fault}`));
  }
  return { faults, deaths };
}

/**
 * A scene with a cost limit whose run dies once, at each of its steps in turn. A death costs money, so that its end may be
 * another than without one; what is paid is known to the last micro-dollar, and the limit holds in each.
 */
export async function dieUnderLimit(seed: number): Promise<{
  readonly faults: readonly string[];
  readonly deaths: number;
  readonly met: Set<string>;
}> {
  const scene = limitedScene(seed);
  const calm = await live(scene, undisturbed);
  const faults = [...judge(calm), ...costFaults(calm)].map((fault) => `undisturbed: ${fault}`);
  const met = new Set<string>(calm.events.map(({ type }) => type));
  let deaths = 0;
  for (let step = 0; step < calm.steps; step += 1) {
    const story = await live(scene, oneDeath(step, 'kill'));
    deaths += story.deaths;
    for (const { type } of story.events) met.add(type);
    const broken = [...judge(story), ...costFaults(story)];
    faults.push(...broken.map((fault) => `kill at step ${step}: ${fault}`));
  }
  return { faults, deaths, met };
}

/** Everything that is known of a story that went wrong: enough to see it and to tell it again. */
export async function report(seed: number, manner: Manner): Promise<string> {
  const { story, faults } = await tell(seed, manner, {}, true);
  return [
    ...story.told,
    ...story.events.map((event) => JSON.stringify(event).slice(0, 200)),
    `seed ${seed}, ${manner}: ${faults.length === 0 ? 'sound' : ''}`,
    ...faults.map((fault) => `  ${fault}`),
    `again: npm run test:simulation -- --seed=${seed}`,
  ].join('\n');
}
