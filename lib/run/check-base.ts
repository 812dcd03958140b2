import { join } from 'node:path';
import { openVerdictCache } from '../checks/verdict-cache.js';
import { openDepot, pinBase } from '../git/depot.js';
import { readIdentity } from '../git/identity.js';
import { newRunId, sageDirectory } from '../journal/run-directory.js';
import type { LaneYard } from '../lanes/lane.js';
import { createMutex } from '../lanes/mutex.js';
import type { Config } from '../model/config.js';
import { failed, success, type Result } from '../model/failure.js';
import { runId } from '../model/ids.js';
import type { Verdict } from '../model/work.js';
import type { RunProcess } from '../process/process-spec.js';
import { createRunProcess } from '../process/run-process.js';
import { startWarden } from '../process/warden.js';
import { endLives, livesOf } from './life.js';
import type { Start } from './start.js';
import { openSecrecy } from './secrecy.js';
import type { Surroundings } from './surroundings.js';
import { tryToOwn } from './own-repository.js';
import { findUnfinished } from './unfinished.js';
import { createVerification } from './verification.js';

/** What a check of a base needs. */
export interface BaseCheck {
  readonly surroundings: Surroundings;
  readonly config: Config;
  readonly start: Start;
  /** Keeps two of one second apart. */
  readonly nonce: string;
  readonly cancel: AbortSignal;
  /** Told each line that is run, and how it ended. */
  readonly say: (line: string) => void;
}

/**
 * Runs the project's checks on a commit as a landing would: in the verification lane, by the same code, its verdict kept
 * for the run that follows. Owns the repository meanwhile: a run has the same lane. Logs lie in `<commonDir>/sage/validate`.
 */
export async function checkBase(asked: BaseCheck): Promise<Result<Verdict>> {
  const { surroundings, config, start, cancel } = asked;
  const { repository, clock, variables } = surroundings;
  const { commonDir } = repository;
  // A marker of this process alone: another one's warden must not take these programs for its own.
  const life = runId(`validate-${newRunId(clock.now(), asked.nonce)}`);
  const owned = await tryToOwn({ repository, clock }, life);
  if (!owned.ok) return owned;
  await using ownership = owned.value;
  await endDeadRun(commonDir);
  const identity = await readIdentity(repository);
  if (!identity.ok) return identity;
  const depot = await openDepot(repository);
  if (!depot.ok) return depot;
  const pinned = await pinBase(repository, start.commit);
  if (!pinned.ok) return pinned;
  const { redaction } = await openSecrecy(surroundings, config);
  const { wardenEntry: entry, node } = surroundings;
  await using warden = startWarden({ marker: life, entry, node, env: variables });
  const yard: LaneYard = {
    depot: depot.value,
    root: surroundings.lanesRoot,
    checkout: repository.root,
    run: life,
    runDirectory: join(sageDirectory(commonDir), 'validate'),
    identity: identity.value,
    setup: config.setup,
    env: variables,
    runProcess: telling(
      createRunProcess({ clock, warden, ...(redaction ? { redaction } : {}) }),
      asked.say,
    ),
    clock,
    mutex: createMutex(),
    // Ownership says that nobody works in the lane, and a dead run's programs were ended before.
    noProcessLeft: () => Promise.resolve(success(undefined)),
  };
  const verdicts = await openVerdictCache(
    join(sageDirectory(commonDir), 'verdicts'),
    '../validate',
  );
  const { commit, tree } = start;
  const checks = createVerification(yard, config, verdicts, {
    baseline: () => [],
    trustsKnownFailures: false,
  });
  const [told] = await checks.perform(
    { kind: 'checks.run', key: `base-${tree.slice(0, 12)}`, purpose: 'base', commit, tree },
    cancel,
  );
  await ownership.checkFence();
  if (told?.type !== 'base.checked') throw new Error('the checks of a base told something else');
  return told.verdict ? success(told.verdict) : failed(told.failure ?? NOTHING);
}

const NOTHING = { code: 'lane/not-created', message: 'The checks told nothing.' } as const;

/** Programs of a run that died may still work in the lane. */
async function endDeadRun(commonDir: string): Promise<void> {
  const dead = await findUnfinished(commonDir);
  if (dead) await endLives(livesOf(dead.directory.run, dead.content.events));
}

/** Says what is run, and how it ended. */
const telling =
  (runProcess: RunProcess, say: BaseCheck['say']): RunProcess =>
  async (spec) => {
    const line = spec.args.at(-1) ?? spec.file;
    say(`$ ${line}`);
    const ending = await runProcess(spec);
    const { end, ms } = ending;
    const how = end.kind === 'exited' ? `exit code ${end.code}` : end.kind;
    say(`  ${how} after ${(ms / 1_000).toFixed(1)} s`);
    return ending;
  };
