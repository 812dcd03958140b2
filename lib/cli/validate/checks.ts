import type { CheckName } from '../../model/check-names.js';
import { examineAgent } from './agent-check.js';
import { examineBase } from './base-check.js';
import { examineConfiguration } from './configuration-check.js';
import { examineDependencies, examineIndex, indexFindings } from './index-checks.js';
import type { CheckOutcome } from './outcome.js';
import { examineParallel } from './parallel-check.js';
import { examineRepository } from './repository-check.js';
import type { World } from './world.js';

type Check = (world: World) => CheckOutcome | Promise<CheckOutcome>;

/** Every check there is, by the group it is shown in: the one list. Each looks and changes nothing. */
export function checks(): Readonly<Record<CheckName, Check>> {
  let found: ReturnType<typeof indexFindings> | undefined;
  // Three groups share one reading of the index.
  const findings = async (world: World, group: CheckName) =>
    (await (found ??= indexFindings(world)))(group);
  return {
    schema: async (world) => examineIndex(world, 'schema', await findings(world, 'schema')),
    duplicates: async (world) =>
      examineIndex(world, 'duplicates', await findings(world, 'duplicates')),
    dependencies: async (world) =>
      examineDependencies(world, await findings(world, 'dependencies')),
    configuration: examineConfiguration,
    repository: examineRepository,
    agent: examineAgent,
    base: examineBase,
    parallel: examineParallel,
  };
}
