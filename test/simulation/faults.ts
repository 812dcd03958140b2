import { seeded } from '../engine/seeded.js';

/** kill: the process dies, what it wrote stays; power: unsynced bytes and all programs are gone; takeover: see live. */
export type Death = 'kill' | 'power' | 'takeover';

/** What goes wrong in a story. */
export interface Faults {
  readonly seed: number;
  /** Whoever is asked says anything, also from where another one goes on, instead of the same each time. */
  readonly isFickle?: boolean;
  /** The first life ends after so many steps of the world, the next one after so many more, … */
  readonly ends: readonly { readonly after: number; readonly how: Death }[];
  /** Chances in [0, 1], each time it could happen. */
  readonly rates: {
    readonly lane: number;
    readonly candidate: number;
    /** A verification lane that cannot be made. */
    readonly checkLane: number;
    /** An effect was done but its answer is lost. */
    readonly answer: number;
    readonly fullDisk: number;
    /** Each step: the user stops the run. */
    readonly stop: number;
    /** Each step: somebody else moves the run's branch. */
    readonly foreign: number;
    /** Each step: the user commits to the target. */
    readonly target: number;
  };
}

const NONE: Faults['rates'] = {
  lane: 0,
  candidate: 0,
  checkLane: 0,
  answer: 0,
  fullDisk: 0,
  stop: 0,
  foreign: 0,
  target: 0,
};

export const undisturbed: Faults = { seed: 1, ends: [], rates: NONE };

/** One death at exactly this step. */
export const oneDeath = (after: number, how: Death): Faults => ({
  seed: after,
  ends: [{ after, how }],
  rates: NONE,
});

/**
 * Deaths at any moment, half of them soon after a start so that recoveries die, too; nothing that could change what the
 * run comes to.
 */
export function drawDeaths(seed: number, deaths?: number): Faults {
  const random = seeded(seed ^ 0xdead);
  const ends = Array.from({ length: deaths ?? 1 + Math.floor(random() * 8) }, () => ({
    after: Math.floor(random() * (random() < 0.5 ? 12 : 160)),
    how:
      (['kill', 'kill', 'kill', 'power', 'takeover'] as const)[Math.floor(random() * 5)] ?? 'kill',
  }));
  const isShaky = random() < 0.3;
  return {
    seed,
    ends,
    rates: { ...NONE, answer: isShaky ? 0.05 : 0, fullDisk: isShaky ? 0.01 : 0 },
  };
}

/** Deaths together with faults that change what a run can come to: lanes that fail, stops, a branch moved by others. */
export function drawTrouble(seed: number): Faults {
  const random = seeded(seed ^ 0xbad);
  const rate = (most: number) => (random() < 0.5 ? random() * most : 0);
  return {
    ...drawDeaths(seed),
    isFickle: true,
    rates: {
      lane: rate(0.1),
      candidate: rate(0.2),
      checkLane: rate(0.1),
      answer: rate(0.1),
      fullDisk: rate(0.01),
      stop: rate(0.01),
      foreign: rate(0.02),
      target: rate(0.02),
    },
  };
}
