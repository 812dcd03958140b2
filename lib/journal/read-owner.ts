import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../model/ids.js';
import { isAlive, type ProcessIdentity } from '../process/identity.js';

/** Who runs in a repository. */
export interface Owner extends ProcessIdentity {
  readonly run: RunId;
  /** ISO 8601. */
  readonly since: string;
  /** Which making of the lock it holds. */
  readonly lock: string;
}

/** Who holds the repository, or held it last and died. */
export async function readOwner(directory: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Who holds the repository and lives, or may: nobody can look at another host. */
export async function readLivingOwner(directory: string): Promise<Owner | undefined> {
  const owner = await readOwner(directory);
  return owner && isAlive(owner) !== 'dead' ? owner : undefined;
}
