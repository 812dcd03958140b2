import { createHash } from 'node:crypto';
import type { KnownFailures } from '../model/work.js';

/** The parts of a verdict's key that are not the tree: SHA-256, 64 hexadecimal digits each. */
export interface VerdictKeys {
  /** Of a verdict in which each command passed: it holds whatever else was known. */
  readonly clean: string;
  /** Of one that rests on what was excused, or that is red. */
  readonly withKnown: string;
}

/**
 * Keys for verdicts of these commands. `basis` says in texts what else decides how they end; lock files are in the tree,
 * so they need no place there. `baseline` is what may be excused; 'base': whatever has a name, since nothing was
 * changed yet.
 */
export function verdictKeys(
  commands: readonly string[],
  basis: readonly string[],
  baseline: 'base' | readonly KnownFailures[],
): VerdictKeys {
  const platform = `${process.platform}-${process.arch}`;
  const clean = hashOf([2, commands, basis, process.version, platform]);
  return { clean, withKnown: hashOf([clean, baseline]) };
}

const hashOf = (parts: unknown) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
