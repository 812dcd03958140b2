import { createHash } from 'node:crypto';
import type { Config } from '../model/config.js';
import type { Plan } from '../model/plan.js';
import { assemblePlan } from '../plan/assemble.js';
import type { PlanInput, PlanOptions } from '../plan/input.js';
import type { Velocity } from '../tickets/velocity.js';
import type { Undelivered } from './undelivered.js';

/** What was found in the repository, as a plan wants it. */
export interface QueueFindings extends Pick<PlanInput, 'tickets' | 'cpus' | 'base' | 'unfinished'> {
  readonly config: Config;
  readonly undelivered: readonly Undelivered[];
  readonly history: readonly Velocity[];
  /** What the command asks for beyond the configuration. */
  readonly wish: Pick<PlanOptions, 'requestedSlots' | 'limit' | 'only' | 'components'>;
}

/** The plan of a queue under its configuration: one way for runs, previews and validation. */
export function planQueue({ config, undelivered, history, wish, ...found }: QueueFindings): Plan {
  return assemblePlan({
    ...found,
    undelivered: new Set(undelivered.flatMap(({ tickets }) => tickets)),
    history: history.map(({ id, minutes }) => ({ ticket: id, minutes })),
    hash: (pieces) => {
      const hash = createHash('sha256');
      for (const piece of pieces) hash.update(piece);
      return hash.digest('hex').slice(0, 16);
    },
    options: {
      schedule: config.schedule,
      order: config.order,
      conflictsRunning: config.conflicts.running,
      hierarchy: config.hierarchy,
      ...(config.isolation === 'epic' ? { isolation: config.isolation } : {}),
      ...wish,
    },
  });
}
