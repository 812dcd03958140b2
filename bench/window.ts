import type { Figure } from './figure.js';
import { randomFrom } from './generate.js';
import { benchRealWindow } from './window-real.js';
import { simulateLanding, type LandingFigures, type LandingWorld } from './landing-simulator.js';

const CHANGES = 400;
const RUNS = 10;
const RATES = [0.01, 0.05, 0.1, 0.2, 0.3];

/**
 * Landings per verification time, and verifications per landed change: ours and the peers' ways over the same queues,
 * on a virtual clock; then ours with real processes.
 */
export function benchWindow(): Promise<readonly Figure[]> {
  return benchRealWindow().then((real) => [...RATES.flatMap(atRate), ...real]);
}

type Way = (world: LandingWorld) => LandingFigures;

const ours =
  (landVerify: 'each' | 'tips', checkSlots: number): Way =>
  (world) =>
    simulateLanding(world, { checkSlots, landVerify });

function atRate(rate: number): Figure[] {
  const measure = (way: Way) => {
    const all = Array.from({ length: RUNS }, (_, seed) => way(worldOf(rate, seed + 1)));
    const sum = (of: (one: LandingFigures) => number) =>
      all.reduce((total, one) => total + of(one), 0);
    const landed = sum((one) => one.landed);
    return { pace: landed / sum((one) => one.time), cost: sum((o) => o.verifications) / landed };
  };
  const shown = ({ pace, cost }: { pace: number; cost: number }) =>
    `${pace.toFixed(2)} / ${cost.toFixed(2)}`;
  const rows: Figure[] = [];
  for (const slots of [4, 8]) {
    const window = measure(linearWindow(slots));
    const each = measure(ours('each', slots));
    const tips = measure(ours('tips', slots));
    const head = `p=${rate} K=${slots}`;
    rows.push(
      { what: `${head}: serial`, figure: shown(measure(linearWindow(1))), aim: '' },
      { what: `${head}: batch of 8 and bisect`, figure: shown(measure(bisect(8))), aim: '' },
      { what: `${head}: linear window`, figure: shown(window), aim: '' },
      {
        what: `${head}: each`,
        figure: `${shown(each)}, ${(each.pace / window.pace).toFixed(2)} × the window`,
        aim: '≥ 0.95 ×',
      },
      {
        what: `${head}: tips`,
        figure: `${shown(tips)}, ${(tips.pace / window.pace).toFixed(2)} × the window`,
        aim: rate === 0.01 && slots === 4 ? '≥ 2.5 ×, ≤ 0.4 runs' : '≥ 0.85 ×',
      },
    );
  }
  return rows;
}

function worldOf(rate: number, seed: number): LandingWorld {
  const random = randomFrom(seed);
  const bad = Array.from({ length: CHANGES }, () => random() < rate);
  return { changes: CHANGES, isBad: (change) => bad[change] === true, duration: () => 1 };
}

/** Zuul's: the first `size` prefixes at once; all before the first red land, that one leaves. */
function linearWindow(size: number): Way {
  return ({ changes, isBad }) => {
    let [at, landed, rejected, verifications, time] = [0, 0, 0, 0, 0];
    while (at < changes) {
      const width = Math.min(size, changes - at);
      verifications += width;
      time += 1;
      let green = 0;
      while (green < width && !isBad(at + green)) green += 1;
      landed += green;
      at += green;
      if (green < width) {
        rejected += 1;
        at += 1;
      }
    }
    return { landed, rejected, verifications, time };
  };
}

/** bors-ng's: a batch is verified as one; a red one is cut in two halves, one after the other. */
function bisect(size: number): Way {
  return ({ changes, isBad }) => {
    let [landed, rejected, runs] = [0, 0, 0];
    const land = (from: number, to: number): void => {
      runs += 1;
      const count = to - from;
      const isRed = Array.from({ length: count }, (_, at) => from + at).some(isBad);
      if (!isRed) landed += count;
      else if (count === 1) rejected += 1;
      else {
        const middle = from + (count >> 1);
        land(from, middle);
        land(middle, to);
      }
    };
    for (let at = 0; at < changes; at += size) land(at, Math.min(changes, at + size));
    return { landed, rejected, verifications: runs, time: runs };
  };
}
