import { expect, test } from '@jest/globals';
import { drawKills } from '../../../lib/cli/demo/draw-kills.js';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test('a seed draws the same kills each time, another seed others', () => {
  expect(drawKills(7, 12)).toEqual(drawKills(7, 12));
  expect(new Set(seeds.map((seed) => JSON.stringify(drawKills(seed, 12)))).size).toBe(seeds.length);
});

test('a dozen kills meet everybody, and the first comes when a run has begun', () => {
  for (const seed of seeds) {
    const kills = drawKills(seed, 12);
    expect(new Set(kills.map(({ victim }) => victim))).toEqual(
      new Set(['orchestrator', 'group', 'git', 'agent', 'warden']),
    );
    expect(kills[0]?.records).toBeGreaterThan(0);
  }
  const later = seeds.flatMap((seed) => drawKills(seed, 12).slice(1));
  expect(later.filter(({ records }) => records === 0).length / later.length).toBeCloseTo(0.25, 1);
});
