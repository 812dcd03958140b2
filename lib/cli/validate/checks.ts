import type { CheckName } from '../../model/check-names.js';
import { examineAgent } from './agent-check.js';
import { examineBase } from './base-check.js';
import { examineConfiguration } from './configuration-check.js';
import { examineDependencies, examineIndex, indexFindings } from './index-checks.js';
import type { CheckOutcome } from './outcome.js';
import { examineParallel } from './parallel-check.js';
import { examineRepository } from './repository-check.js';
import type { World } from './world.js';

/** Every check there is, by the group it is shown in: the one list. Each looks and changes nothing. */
export const checks: Readonly<
  Record<CheckName, (world: World) => CheckOutcome | Promise<CheckOutcome>>
> = {
  schema: async (world) => examineIndex(world, 'schema', (await indexFindings(world))('schema')),
  duplicates: async (world) =>
    examineIndex(world, 'duplicates', (await indexFindings(world))('duplicates')),
  dependencies: async (world) =>
    examineDependencies(world, (await indexFindings(world))('dependencies')),
  configuration: examineConfiguration,
  repository: examineRepository,
  agent: examineAgent,
  base: examineBase,
  parallel: examineParallel,
};
