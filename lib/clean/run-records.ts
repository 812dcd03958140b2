import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from './leftover.js';
import type { RunStanding } from './prove-runs.js';
import { ownerOf, STORY, type Belongings } from './run-leftovers.js';

/** When records of runs may go. */
export interface RecordRule {
  readonly olderThanMs: number;
  /** So many newest runs keep theirs. At least one: the numbers of sessions go on from it. */
  readonly keep: number;
}

/**
 * Journals and summaries of runs that are old enough, of which nothing else is left once `chosen` is gone: no log, no
 * branch, no kept work, no state that the index did not take. A run is told as long as anything of it can be asked for.
 */
export function runRecords(
  all: Belongings,
  standings: readonly RunStanding[],
  chosen: readonly Group[],
  rule: RecordRule,
  now: number,
): readonly Group[] {
  const going = new Set(
    chosen.flatMap(({ items }) => items.map(({ kind, name }) => `${kind} ${name}`)),
  );
  return standings
    .slice(0, -Math.max(1, rule.keep))
    .filter(
      (one) =>
        one.proof !== undefined &&
        !one.owesStates &&
        now - one.at >= rule.olderThanMs &&
        !isNamed(all, one, going),
    )
    .map(({ directory: { path, run }, at }) => {
      const bytes = STORY.reduce((sum, name) => sum + all.usage(join(path, name)), 0);
      return {
        items: [{ kind: 'run record', name: path, bytes }],
        at,
        why: `all of run ${run} is delivered and cleaned, and retention.records lets its record go`,
      };
    });
}

/** Whether a log, a branch or kept work of a run stays. */
function isNamed(
  { vaultRefs, depotRefs, branches }: Belongings,
  { directory: { run, path } }: RunStanding,
  going: ReadonlySet<string>,
): boolean {
  const isOurs = (name: string) =>
    ownerOf(name)?.run === run || name.startsWith(`refs/sage/aside/sage/${run}/`);
  return (
    vaultRefs.some(({ name }) => isOurs(name) && !going.has(`kept ref ${name}`)) ||
    depotRefs.some(({ name }) => isOurs(name) && !going.has(`depot ref ${name}`)) ||
    branches.some(
      ({ name }) => name === `refs/heads/sage/${run}` && !going.has(`branch ${name}`),
    ) ||
    readdirSync(path).some(
      (name) => !STORY.includes(name) && !going.has(`run files ${join(path, name)}`),
    )
  );
}
