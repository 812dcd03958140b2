import { join } from 'node:path';
import { readWorkflowMode } from '../../tickets/workflow-mode.js';
import { ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** `configuration`: faults of `.sage/config.yaml` and the variables, and upstream's side files. */
export async function examineConfiguration({ root, reading }: World): Promise<CheckOutcome> {
  const sideFiles = await readWorkflowMode(join(root, '.sage'));
  const origins = Object.entries(reading.settings?.origins ?? {});
  const set = origins.map(([path, origin]) => `${path} (${origin})`).join(', ');
  return ran(origins.length === 0 ? 'all defaults' : `set: ${set}`, [
    ...reading.diagnostics,
    ...sideFiles,
  ]);
}
