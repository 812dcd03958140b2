import { join } from 'node:path';
import { createChecksRun } from '../checks/run-checks.js';
import { createScriptsRun } from '../checks/run-scripts.js';
import { openVerdictCache } from '../checks/verdict-cache.js';
import type { RunState } from '../engine/state.js';
import { openDepot, pinBase } from '../git/depot.js';
import type { Identity, Repository } from '../git/places.js';
import { setRef, readRef } from '../git/refs.js';
import { createIndexCommit } from '../land/bookkeeping.js';
import { createCandidateBuild } from '../land/candidate.js';
import { createRunDeliver } from '../land/deliver.js';
import { createLanderLock } from '../land/lander-lock.js';
import { createRefMove } from '../land/move-ref.js';
import { attemptDirectory, sageDirectory, type RunDirectory } from '../journal/run-directory.js';
import type { AgentMessage } from '../model/agent.js';
import type { Clock } from '../model/clock.js';
import type { Effects } from '../model/effect.js';
import { Refusal, success, type Result } from '../model/failure.js';
import { createRunProcess } from '../process/run-process.js';
import { startWarden } from '../process/warden.js';
import { editIndexText } from '../tickets/write.js';
import { createTicketProject } from './project-tickets.js';
import type { RunFiles } from './run-files.js';
import { INDEX_PATH, type Survey } from './survey.js';
import { trackedIndex } from './tracked-index.js';
import { thinHarvest, thinLanePrepare, thinPrepare } from '../lanes/thin.js';
import { thinAgent } from '../agents/thin.js';

/** What a run needs from the machine and the user, as values: made once in cli/compose. */
export interface Surroundings {
  readonly repository: Repository;
  readonly clock: Clock;
  /** The user's environment; children get what their allow-lists name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where lanes live: `$XDG_STATE_HOME/sage/<name>-<hash>`. */
  readonly lanesRoot: string;
  readonly node: string;
  readonly wardenEntry: string;
  readonly onMessage: (attempt: string, message: AgentMessage) => void;
  /** The first check command found in the project, for a hint. */
  suggestChecks(): Promise<string | undefined>;
  /** Which agent works on tickets that name none; a Refusal when there is none. */
  chooseAgents(seen: Survey): Promise<{ readonly defaultAgent: string }>;
}

export interface Workshop extends AsyncDisposable {
  readonly effects: Effects;
  /** The third Ctrl-C. */
  killNow(): void;
}

export async function openWorkshop(
  surroundings: Surroundings,
  directory: RunDirectory,
  files: RunFiles,
  state: RunState,
): Promise<Workshop> {
  const { repository, clock, variables, lanesRoot } = surroundings;
  const depot = demand(await openDepot(repository));
  demand(await pinBase(repository, state.base));
  const ref = `refs/heads/${state.branch}`;
  if (demand(await readRef(depot.git, depot.path, ref)) === undefined)
    demand(await setRef(depot.git, depot.path, ref, state.base));
  const identity: Identity = { name: 'x', email: 'y@z' };
  const { config } = files;
  const warden = startWarden({
    marker: state.run,
    entry: surroundings.wardenEntry,
    node: surroundings.node,
    env: variables,
  });
  const runProcess = createRunProcess({ clock, warden });
  const prepare = thinPrepare(depot, lanesRoot);
  const lanePath = (lane: string) => join(lanesRoot, lane);
  const env = { ...variables };
  const effects: Effects = {
    'lane.prepare': thinLanePrepare(prepare),
    'agent.run': thinAgent({
      runProcess,
      run: state.run,
      env,
      lanePath,
      tickets: new Map(files.tickets.map((ticket) => [ticket.id, ticket])),
      definition: (id) =>
        config.agents[state.tickets.get(id as never)?.ticket.agent ?? ''] ?? {
          kind: 'command',
          prompt: 'stdin',
          environment: [],
        },
      directory: (attempt) => attemptDirectory(directory, attempt as never),
    }),
    'work.harvest': thinHarvest(depot, lanesRoot, identity, state.run),
    'scripts.run': createScriptsRun({
      runProcess,
      env,
      run: state.run,
      runDirectory: directory.path,
      lane: (intent) => Promise.resolve(success({ path: lanePath(intent.lane), env: {} })),
    }),
    'candidate.build': createCandidateBuild({ depot, identity }),
    'checks.run': createChecksRun({
      runProcess,
      git: depot.git,
      clock,
      env,
      run: state.run,
      runDirectory: directory.path,
      commands: config.verify === 'none' || !config.verify ? [] : config.verify,
      setup: config.setup.run,
      limitMs: config.limits.checkMinutes * 60_000,
      verdicts: await openVerdictCache(
        join(sageDirectory(repository.commonDir), 'verdicts'),
        state.run,
      ),
      verificationLane: async (commit) =>
        success({ path: await prepare('verify', commit), env: {} }),
    }),
    'ref.move': createRefMove({
      repository,
      depot,
      branch: state.branch,
      clock,
      lock: createLanderLock({
        directory: sageDirectory(repository.commonDir),
        holder: `run ${state.run}`,
      }),
    }),
    'ticket.project': createTicketProject({
      root: repository.root,
      indexFile: join(repository.root, INDEX_PATH),
      clock,
      state: () => state,
    }),
    'index.commit': createIndexCommit({
      depot,
      identity,
      indexPath: INDEX_PATH,
      candidate: `${state.run}/bookkeeping`,
      finalIndexText: (text) => success(editIndexText(text, state.projection.done).text),
    }),
    'run.deliver': createRunDeliver({
      repository,
      depot,
      branch: state.branch,
      index: trackedIndex(state, files.indexWasUnchanged),
    }),
  };
  return {
    effects,
    killNow: () => undefined,
    [Symbol.asyncDispose]: () => warden[Symbol.asyncDispose](),
  };
}

function demand<T>(result: Result<T>): T {
  if (!result.ok) throw new Refusal([result.failure], 2);
  return result.value;
}
