import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { depotPath, type Depot, type Repository } from '../git/places.js';
import { listRefs } from '../git/refs.js';
import { listKept, vaultOf } from '../git/vault.js';
import { sageDirectory } from '../journal/run-directory.js';
import type { RunId } from '../model/ids.js';
import { createDiskUsage } from './disk-usage.js';
import type { RunStanding } from './prove-runs.js';
import { verdictsByRun, type Belongings } from './run-leftovers.js';

/** Sees all that leftovers of runs are looked for in. The depot is not put right for that: nothing is changed. */
export async function lookAround(
  repository: Repository,
  standings: readonly RunStanding[],
): Promise<Belongings> {
  const { git, root, commonDir } = repository;
  const sage = sageDirectory(commonDir);
  const path = depotPath(commonDir);
  const isThere = async (folder: string) =>
    (await stat(join(folder, 'HEAD')).catch(() => undefined)) !== undefined;
  const depot: Depot | undefined = (await isThere(path))
    ? { git, path, canonical: [], mirrored: new Map() }
    : undefined;
  const vaultRefs = depot && (await isThere(vaultOf(depot))) ? await listKept(depot) : undefined;
  const depotRefs = depot && (await listRefs(git, path, 'refs/'));
  const branches = await listRefs(git, root, 'refs/heads/sage/');
  const landedBy = new Map<string, RunId>();
  for (const { directory, proof } of standings) {
    for (const ticket of proof?.landed ?? []) landedBy.set(ticket, directory.run);
  }
  return {
    repository,
    depot,
    usage: createDiskUsage(),
    vaultRefs: vaultRefs?.ok ? vaultRefs.value : [],
    depotRefs: depotRefs?.ok ? depotRefs.value : [],
    branches: branches.ok ? branches.value : [],
    verdicts: await verdictsByRun(join(sage, 'verdicts')),
    landedBy,
  };
}
