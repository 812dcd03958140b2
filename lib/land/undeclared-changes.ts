import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Git } from '../git/git.js';
import { changesOfSteps } from '../git/changed-paths.js';

/** The two steps that are compared: what a ticket did, and what would land. */
export interface LandingSteps {
  readonly base: Oid;
  readonly work: Oid;
  readonly onto: Oid;
  /** A commit or its tree. */
  readonly candidate: Oid;
}

/** What a candidate changes: paths. */
export interface CandidateChanges {
  /** All from `onto` to `candidate`. */
  readonly changed: readonly string[];
  /**
   * Those of them that `base` → `work` did not change: always empty unless a merge went wrong and would undo what others
   * landed.
   */
  readonly undeclared: readonly string[];
}

/** Compares the two steps. A path that was renamed by others meanwhile counts as the one it came from. */
export async function undeclaredChanges(
  git: Git,
  cwd: string,
  { base, work, onto, candidate }: LandingSteps,
): Promise<Result<CandidateChanges>> {
  const steps = await changesOfSteps(git, cwd, [
    [base, work],
    [onto, candidate],
  ]);
  if (!steps.ok) return steps;
  const [done = [], landing = []] = steps.value;
  const changed = landing.map(({ path }) => path);
  const declared = new Set(done.map(({ path }) => path));
  const strange = changed.filter((path) => !declared.has(path));
  if (strange.length === 0) return success({ changed, undeclared: [] });

  const renames = await renamedPaths(git, cwd, base, onto);
  if (!renames.ok) return renames;
  for (const [from, to] of renames.value) if (declared.has(from)) declared.add(to);
  return success({ changed, undeclared: strange.filter((path) => !declared.has(path)) });
}

/** Renames between two commits as git's merge sees them: new path by old path. */
async function renamedPaths(
  git: Git,
  cwd: string,
  from: Oid,
  to: Oid,
): Promise<Result<ReadonlyMap<string, string>>> {
  const args = ['diff-tree', '-r', '-z', '-M', '-l0', '--diff-filter=R', '--name-status'];
  const answer = await git([...args, from, to], { cwd });
  if (!answer.ok) return answer;
  const fields = answer.value.stdout.split('\0');
  const renames = new Map<string, string>();
  for (let index = 0; index + 2 < fields.length; index += 3) {
    renames.set(fields[index + 1] ?? '', fields[index + 2] ?? '');
  }
  return success(renames);
}
