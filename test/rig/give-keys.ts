import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLine, NO_SUM } from '../../lib/journal/line.js';
import type { CredentialPool } from '../../lib/model/run.js';
import type { Rig } from './rig.js';

/** Writes keys into the journal of a run that is dead: whoever resumes it goes on with them. */
export function giveKeys(rig: Rig, pools: readonly CredentialPool[]): void {
  const [planned, ...rest] = rig.journal();
  if (planned?.type !== 'run.planned') throw new Error('no plan');
  let sum = NO_SUM;
  const lines = [{ ...planned, options: { ...planned.options, pools } }, ...rest].map((event) => {
    const told = { ...event };
    Reflect.deleteProperty(told, 'sum');
    const line = encodeLine(told, sum);
    sum = line.sum;
    return line.text;
  });
  writeFileSync(join(rig.gitDir, 'sage/runs', planned.run, 'events.ndjson'), lines.join(''));
}
