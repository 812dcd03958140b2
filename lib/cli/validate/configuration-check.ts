import { join } from 'node:path';
import { readWorkflowMode } from '../../tickets/workflow-mode.js';
import { readKeys, type KeyRing } from '../../config/read-keys.js';
import { ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** `configuration`: faults of `.sage/config.yaml` and the variables, and upstream's side files. */
export async function examineConfiguration(world: World): Promise<CheckOutcome> {
  const { root, reading, context } = world;
  const sideFiles = await readWorkflowMode(join(root, '.sage'));
  const keys = await readKeys(reading.settings?.config.credentials, {
    variables: context.environment.variables,
    root,
  });
  const origins = Object.entries(reading.settings?.origins ?? {});
  const set = origins.map(([path, origin]) => `${path} (${origin})`).join(', ');
  const told = origins.length === 0 ? 'all defaults' : `set: ${set}`;
  return ran([told, ...keys.rings.map(ringWords)].join('; '), [
    ...reading.diagnostics,
    ...keys.diagnostics,
    ...sideFiles,
  ]);
}

const ringWords = ({ agent, keys }: KeyRing) =>
  `${agent}: ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
