import { join } from 'node:path';
import { defaultConfig } from '../../config/defaults.js';
import { readConfig, type ConfigReading } from '../../config/read.js';
import { createGit } from '../../git/git.js';
import type { Repository } from '../../git/places.js';
import { openRepository } from '../../git/repository.js';
import { indexPathOf } from '../../model/backlog.js';
import type { Config } from '../../model/config.js';
import type { Result } from '../../model/failure.js';
import type { Plan } from '../../model/plan.js';
import { planQueue } from '../../run/plan-queue.js';
import { unfinishedRun } from '../../run/standing.js';
import type { Start } from '../../run/start.js';
import { findBase } from '../../run/survey.js';
import type { Undelivered } from '../../run/undelivered.js';
import { loadIndex, type ReadIndex } from '../../tickets/read.js';
import { readVelocity } from '../../tickets/velocity.js';
import type { Context } from '../context.js';

/** How the checks are made. */
type ValidationOptions = Pick<World, 'isStrict' | 'runsBase' | 'isQuiet'>;

/** Everything the checks look at, gathered once. Parts that could not be had are failures, not reasons to stop. */
export interface World {
  readonly context: Context;
  readonly isStrict: boolean;
  /** The checks are run on the base; else an earlier verdict is looked up. */
  readonly runsBase: boolean;
  /** No progress is told. */
  readonly isQuiet: boolean;
  readonly repository: Result<Repository>;
  /** Top of the checkout; outside a repository, where sage was called. */
  readonly root: string;
  readonly reading: ConfigReading;
  /** The defaults where the configuration has faults. */
  readonly config: Config;
  readonly index: Result<ReadIndex>;
  readonly start?: Result<Start>;
  readonly undelivered: readonly Undelivered[];
  /** Absent when the index cannot be used. */
  readonly plan?: Plan;
}

/** Looks at everything and changes nothing. */
export async function gatherWorld(context: Context, how: ValidationOptions): Promise<World> {
  const { variables } = context.environment;
  const repository = await openRepository(createGit(variables), context.cwd);
  const root = repository.ok ? repository.value.root : context.cwd;
  const [reading, index, history] = await Promise.all([
    readConfig({ root, variables, flags: {} }),
    loadIndex(join(root, indexPathOf('tickets'))),
    readVelocity(join(root, '.sage/stream-velocity.log')),
  ]);
  const config = reading.settings?.config ?? defaultConfig;
  const { start, undelivered } = repository.ok
    ? await findBase(repository.value, undefined)
    : { start: undefined, undelivered: [] };
  const unfinished = repository.ok ? await unfinishedRun(repository.value.commonDir) : undefined;
  const isUsable = index.ok && index.value.isUsable;
  const plan = isUsable
    ? planQueue({
        tickets: index.value.tickets,
        cpus: context.cpuCount,
        config,
        undelivered,
        ...(unfinished === undefined ? {} : { unfinished }),
        history,
        wish: { requestedSlots: 'auto' },
      })
    : undefined;
  return {
    context,
    ...how,
    repository,
    root,
    reading,
    config,
    index,
    ...(start === undefined ? {} : { start }),
    undelivered,
    ...(plan === undefined ? {} : { plan }),
  };
}
