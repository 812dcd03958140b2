import { describe, expect, jest, test } from '@jest/globals';
import { mutants } from './mutants.js';
import { dieAtEachStep, report, soak, tell, type Manner } from './stories.js';

/** Scenes with conflicts, red checks, scripts that are mended, dependencies, containers, in both schedules. */
const SCENES = [10, 24];

/** How often these stories met what they are told for. */
interface Met {
  readonly deaths: number;
  /** A run that had ended took the target in, because somebody asked for its delivery. */
  readonly takenIn: number;
}

async function soundStories(seeds: number, manner: Manner): Promise<Met> {
  let deaths = 0;
  let takenIn = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { story, faults } = await tell(seed, manner);
    if (faults.length > 0) throw new Error(await report(seed, manner));
    deaths += story.deaths;
    const { events } = story;
    const asked = events.slice(events.findIndex(({ type }) => type === 'run.reopened'));
    if (asked.length < events.length && asked.some(({ type }) => type === 'landing.landed'))
      takenIn += 1;
  }
  return { deaths, takenIn };
}

/** They take seconds of computing, which a busy machine may not have. */
jest.setTimeout(180_000);

describe('the real loop, engine and journal over an imagined world', () => {
  test.each(SCENES)(
    '002-7.4 003-7.9 scene %i killed at each single step comes to the end of an undisturbed run',
    async (seed) => {
      const { faults, deaths } = await dieAtEachStep(seed, 'kill');
      expect(faults).toEqual([]);
      expect(deaths).toBeGreaterThan(50);
    },
  );

  test('003-7.6 a loss of power at each single step costs nothing that was told', async () => {
    const { faults, deaths } = await dieAtEachStep(10, 'power');
    expect(faults).toEqual([]);
    expect(deaths).toBeGreaterThan(50);
  });

  test('002-4.1 002-7.4 several deaths at any moment, recoveries included: the same end, nothing twice, nothing paid twice', async () => {
    expect((await soundStories(150, 'deaths')).deaths).toBeGreaterThan(300);
  });

  test('002-19.1 a queue of 200 tickets with red checks, conflicts and 80 deaths comes to the same end', async () => {
    const { story, faults } = await soak(2, 200, 80);
    expect(faults).toEqual([]);
    expect(story.deaths).toBeGreaterThan(60);
    const landed = story.events.filter(({ type }) => type === 'landing.landed');
    expect(landed.length).toBeGreaterThan(20);
  });

  test('002-7.4 with stops, failing lanes and a branch moved by others besides, what landed stays landed and is told', async () => {
    const { deaths, takenIn } = await soundStories(150, 'trouble');
    expect(deaths).toBeGreaterThan(300);
    expect(takenIn).toBeGreaterThan(10);
  });

  test('the same seed tells the same story', async () => {
    const [one, two] = [await tell(7, 'trouble', {}, true), await tell(7, 'trouble', {}, true)];
    expect(one.story.told.length).toBeGreaterThan(50);
    expect(two.story.told).toEqual(one.story.told);
    expect(two.story.events).toEqual(one.story.events);
  });

  test.each(Object.keys(mutants))('the suite tells %s', async (name) => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const { faults } = await soak(seed, 12, 12, mutants[name]);
      if (faults.length > 0) return;
    }
    throw new Error('nothing was noticed');
  });
});
