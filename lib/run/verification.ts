import type { ChecksDeps } from '../checks/checks-deps.js';
import { createChecksRun } from '../checks/run-checks.js';
import type { VerdictCache } from '../checks/verdict-cache.js';
import type { LaneYard } from '../lanes/lane.js';
import { readyLane } from '../lanes/ready-lane.js';
import type { Config } from '../model/config.js';
import type { Effect } from '../model/effect.js';
import { success } from '../model/failure.js';
import { verdictBasis } from './verdict-basis.js';

/** The project's checks, in lanes of their own that agents never see: for landings, and for a base alone. */
export function createVerification(
  yard: LaneYard,
  config: Config,
  verdicts: VerdictCache,
  more: Pick<ChecksDeps, 'baseline' | 'trustsKnownFailures'>,
): Effect<'checks.run'> {
  const { runProcess, env, run, runDirectory, depot, clock } = yard;
  return createChecksRun({
    ...{ runProcess, env, run, runDirectory, clock, verdicts },
    git: depot.git,
    commands: Array.isArray(config.verify) ? config.verify : [],
    basis: () => verdictBasis(config, yard.checkout, env),
    ...more,
    limitMs: config.limits.checkMinutes * 60_000,
    async verificationLane(name, commit, cancel) {
      const occasion = `checks of ${commit.slice(0, 12)}`;
      const ready = await readyLane(yard, { name, commit, occasion, cancel });
      return ready.ok ? success(ready.value.lane) : ready;
    },
  });
}
