import { join } from 'node:path';
import { openVerdictCache } from '../checks/verdict-cache.js';
import { landedLanes } from '../engine/epics.js';
import type { RunState } from '../engine/state.js';
import { dropCandidates } from '../git/candidate-refs.js';
import { openDepot, pinBase } from '../git/depot.js';
import { readIdentity } from '../git/identity.js';
import type { Depot } from '../git/places.js';
import { readRef, setRef } from '../git/refs.js';
import { sweepDepot } from '../git/sweep-depot.js';
import { withStandingGits } from '../git/standing-gits.js';
import { sageDirectory, type RunDirectory } from '../journal/run-directory.js';
import { createLanderLock } from '../land/lander-lock.js';
import { lingering } from '../land/lingering-lock.js';
import { createPublisher } from '../land/publisher.js';
import { removeLane } from '../lanes/remove-lane.js';
import type { LaneYard } from '../lanes/lane.js';
import { createMutex } from '../lanes/mutex.js';
import type { Effects } from '../model/effect.js';
import { demand, failed, success, type Result } from '../model/failure.js';
import { safeName } from '../model/ids.js';
import { createRunProcess } from '../process/run-process.js';
import { sweepOwn } from '../process/sweep.js';
import { startWarden } from '../process/warden.js';
import { createEffects, type EffectParts } from './effects.js';
import { inLife, type Life } from './life.js';
import { watchPrograms, type WatchedPrograms } from './left-programs.js';
import type { RunFiles } from './run-files.js';
import { openSecrecy } from './secrecy.js';
import type { Surroundings } from './surroundings.js';
import { templatesOf } from './templates-of.js';

/** Everything a run works with, opened; put away with `await using`. */
export interface Workshop extends AsyncDisposable {
  readonly effects: Effects;
}

/** Opens depot, run branch, lanes and warden for a run. Idempotent: a resumed run opens the very same ones. */
export async function openWorkshop(
  surroundings: Surroundings,
  directory: RunDirectory,
  files: RunFiles,
  state: RunState,
  life: Life,
  { checkFence, tell }: Pick<EffectParts, 'checkFence' | 'tell'>,
): Promise<Workshop> {
  const { repository, clock, variables, lanesRoot } = surroundings;
  const identity = demand(await readIdentity(repository));
  const templates = demand(await templatesOf(surroundings, state.backlog));
  const opened = demand(await openDepot(repository));
  const git = withStandingGits(opened.git, opened.path);
  const depot = { ...opened, git };
  demand(await pinBase(repository, state.base));
  await openBranch(depot, state);
  const secrecy = await openSecrecy(surroundings, files.config);
  const { redaction } = secrecy;
  const warden = startWarden({
    marker: life,
    entry: surroundings.wardenEntry,
    node: surroundings.node,
    env: variables,
  });
  const programs = watchPrograms(
    createRunProcess({ clock, warden, ...(redaction ? { redaction } : {}) }),
  );
  const runProcess = inLife(state.run, life, programs.runProcess);
  const yard: LaneYard = {
    depot,
    root: lanesRoot,
    checkout: repository.root,
    run: state.run,
    runDirectory: directory.path,
    identity,
    setup: files.config.setup,
    env: variables,
    runProcess,
    clock,
    mutex: createMutex(),
    secrets: secrecy.keys,
    noProcessLeft: ({ name }) => endProcessesIn(state, life, name, programs),
  };
  const verdicts = await openVerdictCache(
    join(sageDirectory(repository.commonDir), 'verdicts'),
    state.run,
  );
  const publisher = createPublisher({ repository, depot, branch: state.branch });
  const lander = lingering(
    createLanderLock({
      directory: sageDirectory(repository.commonDir),
      holder: `run ${state.run}`,
    }),
  );
  const shared = {
    life,
    surroundings,
    directory,
    files,
    state,
    yard,
    secrecy,
    templates,
    verdicts,
    publisher,
    lander,
    checkFence,
    tell,
  };
  return {
    effects: createEffects(shared),
    async [Symbol.asyncDispose]() {
      await lander[Symbol.asyncDispose]();
      await publisher[Symbol.asyncDispose]();
      if (state.finished) {
        await dropCandidates(depot, state.run);
        // What cannot be removed now stays for `sage clean`.
        for (const lane of landedLanes(state)) await removeLane(yard, lane);
      }
      await git[Symbol.asyncDispose]();
      // A git that somebody killed while the run went on left its lock where it worked.
      if (state.finished) await sweepDepot(depot);
      await warden[Symbol.asyncDispose]();
    },
  };
}

/** The run's branch in the depot: made where what landed ends, which is the base when the run begins. */
async function openBranch({ git, path }: Depot, { branch, tip }: RunState): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const there = demand(await readRef(git, path, ref));
  if (there === undefined) demand(await setRef(git, path, ref, tip));
}

/**
 * Ends what is left of the attempt that holds the lane, or of the checks in it. Programs end with their tree, so there is
 * nothing to look for but where one did not; what an earlier life left was ended before this one began.
 */
async function endProcessesIn(
  state: RunState,
  life: Life,
  lane: string,
  programs: WatchedPrograms,
): Promise<Result<unknown>> {
  const holder = [...state.active.values()].find((attempt) => attempt.lane === lane);
  const marker = holder ? safeName(holder.address) : lane;
  const prefix = `${life}/${marker}`;
  if (!programs.mayBeLeft(prefix)) return success(lane);
  const { survivors } = await sweepOwn(prefix);
  if (survivors.length === 0) return success(lane);
  const names = survivors.map(({ pid, name }) => `${pid} ${name}`).join(', ');
  return failed({
    code: 'lane/processes-left',
    message: `processes of an earlier attempt in ${lane} could not be ended: ${names}`,
    hint: 'end them and start again',
  });
}
