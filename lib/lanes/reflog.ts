import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oid, type Oid } from '../model/ids.js';
import type { LaneLink } from './lane-link.js';

/** One move of a lane's HEAD since it was prepared. */
export interface HeadMove {
  readonly from: Oid;
  readonly to: Oid;
  /** `commit (amend): subject`, `checkout: moving from a to b`, … */
  readonly why: string;
}

/** The moves of a lane's HEAD, oldest first; none where the log is missing. */
export async function headMoves({ gitDir }: LaneLink): Promise<HeadMove[]> {
  const text = await readFile(join(gitDir, 'logs/HEAD'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => /^[0-9a-f]{40,64} [0-9a-f]{40,64} /.test(line))
    .map((line) => {
      const [from = '', to = ''] = line.split(' ', 2);
      return { from: oid(from), to: oid(to), why: line.slice(line.indexOf('\t') + 1) };
    });
}

/** The base and what amends made of it: a history on any of them has all of the base's content in its files. */
export function amendedBases(base: Oid, moves: readonly HeadMove[]): Oid[] {
  const bases = [base];
  for (const { from, to, why } of moves) {
    if (why.startsWith('commit (amend)') && bases.includes(from)) bases.push(to);
  }
  return bases;
}

/**
 * Commits that were made and then left by checking out something else, the newest first. Those that were left by a
 * reset are not among them: whoever reset them away did not want them.
 */
export function leftByCheckout(moves: readonly HeadMove[]): Oid[] {
  return moves
    .filter(({ why }) => why.startsWith('checkout:'))
    .map(({ from }) => from)
    .filter((from) =>
      moves.some(
        ({ to, why }) => to === from && /^(commit|cherry-pick|merge|rebase|revert|am)\b/.test(why),
      ),
    )
    .reverse();
}
