import { success, type Result } from '../model/failure.js';
import { runId, safeName, type Oid, type RunId } from '../model/ids.js';
import type { Depot } from './places.js';
import { listKept } from './vault.js';

/** Work of an attempt that is kept in the vault, whatever became of its ticket. */
export interface KeptWork {
  /** `refs/sage/kept/<run>/<ticket>/<attempt>`. */
  readonly ref: string;
  readonly run: RunId;
  /** The ticket's {@link safeName}. */
  readonly ticketName: string;
  readonly attempt: number;
  readonly commit: Oid;
}

const KEPT = 'refs/sage/kept/';

/** What is kept of one ticket, or of all, the newest first: by run, then by attempt. */
export async function listKeptWork(
  depot: Depot,
  ticket?: string,
): Promise<Result<readonly KeptWork[]>> {
  const refs = await listKept(depot, 'kept');
  if (!refs.ok) return refs;
  const wanted = ticket === undefined ? undefined : safeName(ticket);
  const kept = refs.value
    .map(({ name, oid }) => {
      const [run = '', ticketName = '', attempt = ''] = name.slice(KEPT.length).split('/');
      return { ref: name, run: runId(run), ticketName, attempt: Number(attempt), commit: oid };
    })
    .filter(({ ticketName }) => wanted === undefined || ticketName === wanted);
  // Ids of runs sort by their start.
  return success(
    kept.sort((one, other) => compare(other.run, one.run) || other.attempt - one.attempt),
  );
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
