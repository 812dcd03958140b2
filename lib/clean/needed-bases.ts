import { isAncestor } from '../git/commits.js';
import type { Depot } from '../git/places.js';
import type { Ref } from '../git/refs.js';
import { vaultOf } from '../git/vault.js';
import type { Oid } from '../model/ids.js';

/** What still stands on commits that the user lends, once all that goes has gone. */
export interface Standing {
  /** In the depot and the vault. */
  readonly refs: readonly Ref[];
  /** Commits on which lanes stand. */
  readonly heads: readonly string[];
}

/**
 * Which of the held bases something is still built on: a ref of the depot or the vault, or a lane. What git cannot tell
 * counts as needed.
 */
export async function neededBases(
  depot: Depot | undefined,
  held: readonly Oid[],
  { refs, heads }: Standing,
): Promise<readonly Oid[]> {
  if (!depot) return [];
  const remaining = new Set(refs.map(({ name }) => name));
  const needed: Oid[] = [];
  for (const base of held) {
    if (await isBuiltOn(depot, base, remaining, heads)) needed.push(base);
  }
  return needed;
}

async function isBuiltOn(
  depot: Depot,
  base: Oid,
  remaining: ReadonlySet<string>,
  heads: readonly string[],
): Promise<boolean> {
  for (const cwd of [vaultOf(depot), depot.path]) {
    const args = ['for-each-ref', `--contains=${base}`, '--format=%(refname)'];
    const answer = await depot.git([...args, 'refs/sage/', 'refs/heads/sage/'], { cwd });
    if (!answer.ok) return true;
    if (answer.value.stdout.split('\n').some((name) => remaining.has(name))) return true;
  }
  for (const head of heads) {
    const answer = await isAncestor(depot.git, depot.path, base, head as Oid);
    if (!answer.ok || answer.value) return true;
  }
  return false;
}
