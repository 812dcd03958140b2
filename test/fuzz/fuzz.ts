import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../engine/seeded.js';
import { repositoryRoot } from '../rig/home.js';
import { targets, type Target } from './targets.js';

/** An input that was read wrongly. */
export interface Found {
  readonly target: string;
  /** The seed that drew it, or the name of its file in the corpus. */
  readonly from: string;
  readonly input: Buffer;
  readonly faults: readonly string[];
}

/** CPU time for one input, milliseconds: a thousand times what the slowest sound one takes. */
const SLOW_MS = 2_000;

/** Draws one input for a target and looks how it is read. */
export const fuzz = (target: Target, seed: number): Found | undefined =>
  judge(target, `seed ${seed}`, target.draw(seeded(seed)));

/** Inputs that were once read wrongly, or are wrong in a way that is hard to draw. */
export function replayCorpus(target: Target): {
  readonly found: readonly Found[];
  readonly count: number;
} {
  const folder = join(repositoryRoot, 'test/fuzz/corpus', target.name);
  const names = readdirSync(folder);
  const found = names.flatMap(
    (name) => judge(target, name, readFileSync(join(folder, name))) ?? [],
  );
  return { found, count: names.length };
}

function judge(target: Target, from: string, input: Buffer): Found | undefined {
  const before = process.cpuUsage();
  let faults: readonly string[];
  try {
    faults = target.check(input);
  } catch (error) {
    faults = [
      `it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ];
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1_000;
  const slow = ms > SLOW_MS ? [`it took ${ms.toFixed(0)} ms`] : [];
  const all = [...faults, ...slow];
  return all.length === 0 ? undefined : { target: target.name, from, input, faults: all };
}

export { targets };
