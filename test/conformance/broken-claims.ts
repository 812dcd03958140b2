import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyRun } from '../../lib/audit/verify-run.js';
import { createGit } from '../../lib/git/git.js';
import { openRepository } from '../../lib/git/repository.js';
import { listRuns } from '../../lib/journal/run-directory.js';

/**
 * What of the runs in a repository `sage verify-run` finds untrue, in words; none for sound ones. Runs that have not
 * ended are looked at, too: what landed so far must be true at every moment.
 */
export async function brokenClaims(
  checkout: string,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  if (!existsSync(join(checkout, '.git/sage/runs'))) return [];
  const repository = await openRepository(createGit(env), checkout);
  if (!repository.ok) return [];
  const faults: string[] = [];
  for (const { run } of await listRuns(repository.value.commonDir)) {
    const { contradictions } = await verifyRun(repository.value, run);
    faults.push(...contradictions.map(({ kind, message }) => `${run}: ${message} [${kind}]`));
  }
  return faults;
}
