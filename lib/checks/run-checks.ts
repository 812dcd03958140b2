import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../model/clock.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { isAccepted } from '../engine/baseline.js';
import { safeName, type Oid, type RunId } from '../model/ids.js';
import type { ChecksRun } from '../model/intent.js';
import type { CheckResult, KnownFailures, Verdict } from '../model/work.js';
import type { Git } from '../git/git.js';
import type { RunProcess } from '../process/process-spec.js';
import type { CheckLane } from './check-lane.js';
import { judgeOfBase, judgeOfCandidate } from './judge.js';
import { runCommand } from './run-command.js';
import type { VerdictCache } from './verdict-cache.js';
import { verdictKeys, type VerdictKeys } from './verdict-key.js';

/** What the project's checks need of the world. */
export interface ChecksDeps {
  readonly runProcess: RunProcess;
  readonly git: Git;
  readonly clock: Clock;
  /** Makes a verification lane stand at exactly this commit: clean, set up, nothing of ours running in it. */
  readonly verificationLane: (
    name: string,
    commit: Oid,
    cancel: AbortSignal,
  ) => Promise<Result<CheckLane>>;
  /** Command lines, in order; empty: nothing is verified. */
  readonly commands: readonly string[];
  /** What else a verdict rests on now: set-up, copied files, variables. Asked before and after the checks. */
  readonly basis: () => Promise<readonly string[]>;
  /** What failed on the base and has not been mended since: no reason to reject a candidate. */
  readonly baseline: () => readonly KnownFailures[];
  /** False: a base that was found red by name before is checked anew. Default true. */
  readonly trustsKnownFailures?: boolean;
  /** For each command. */
  readonly limitMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly run: RunId;
  readonly runDirectory: string;
  readonly verdicts: VerdictCache;
}

/** A red command is tried once more before it counts. */
const RETRIES = 1;

/** Checks yield the CPU to agents: a tool call that somebody waits for goes before a verdict. */
const NICENESS = 5;

const laneOf = ({ lane }: ChecksRun) => lane ?? 'check-1';

/**
 * The effect that runs the project's checks on exactly one tree. A tree that was found green before, by whatever
 * run, is not checked again; neither is one found red earlier in this run, nor one that is being checked. Trouble with
 * the lane is told as a failure of the world and never as a red verdict. Checks that nobody waits for any more are
 * ended with all their processes before that is told, so that their lane is free.
 */
export function createChecksRun(deps: ChecksDeps): Effect<'checks.run'> {
  const known = new Map<string, Verdict>();
  const turns = new Map<string, Promise<unknown>>();
  const perform: Effect<'checks.run'>['perform'] = (intent, cancel) => {
    const { tree } = intent;
    const before = turns.get(tree) ?? Promise.resolve();
    const turn = before.then(async () => [
      tell(intent, await verdictOf(deps, known, intent, cancel), cancel),
    ]);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    turns.set(tree, settled);
    return turn.finally(() => {
      if (turns.get(tree) === settled) turns.delete(tree);
    });
  };
  // The lane is reset before each check, so starting over is all of the recovery.
  return { perform, reconcile: perform };
}

async function verdictOf(
  deps: ChecksDeps,
  known: Map<string, Verdict>,
  intent: ChecksRun,
  cancel: AbortSignal,
): Promise<Result<Verdict>> {
  const { commands } = deps;
  const { tree } = intent;
  const baseline = intent.purpose === 'base' ? 'base' : deps.baseline();
  const keys = verdictKeys(commands, await deps.basis(), baseline);
  if (commands.length === 0) {
    const nothing = { tree, key: keys.clean, results: [], ms: 0 };
    return success({ ...nothing, colour: 'green', cached: false });
  }
  const earlier = await findEarlier(deps, known, intent, keys);
  if (earlier) return success({ ...earlier, cached: true, ms: 0 });

  if (cancel.aborted) return failed(cancelled());
  const started = deps.clock.monotonic();
  const results = await runAll(deps, intent, baseline, cancel);
  if (!results.ok) return results;
  const isClean = results.value.every(({ outcome }) => outcome === 'passed');
  const verdict: Verdict = {
    tree,
    key: isClean ? keys.clean : keys.withKnown,
    colour: results.value.every(isAccepted) ? 'green' : 'red',
    results: results.value,
    cached: false,
    ms: Math.round(deps.clock.monotonic() - started),
  };
  // What changed while the checks ran may have been seen by some of them.
  const after = verdictKeys(commands, await deps.basis(), baseline);
  if (after.clean !== keys.clean) return success(verdict);
  known.set(`${tree} ${verdict.key}`, verdict);
  await deps.verdicts.keep(verdict);
  return success(verdict);
}

async function findEarlier(
  { verdicts, trustsKnownFailures }: ChecksDeps,
  known: ReadonlyMap<string, Verdict>,
  { tree, purpose }: ChecksRun,
  { clean, withKnown }: VerdictKeys,
): Promise<Verdict | undefined> {
  const earlier = (key: string) => known.get(`${tree} ${key}`) ?? verdicts.find(tree, key);
  const green = await earlier(clean);
  if (green) return green;
  return purpose === 'base' && trustsKnownFailures === false ? undefined : earlier(withKnown);
}

/** Results up to the first command that fails with something new. */
async function runAll(
  deps: ChecksDeps,
  intent: ChecksRun,
  baseline: 'base' | readonly KnownFailures[],
  cancel: AbortSignal,
): Promise<Result<CheckResult[]>> {
  const lane = await deps.verificationLane(laneOf(intent), intent.commit, cancel);
  if (!lane.ok) return lane;
  const standing = await deps.git(['rev-parse', 'HEAD^{tree}'], { cwd: lane.value.path });
  if (!standing.ok) return standing;
  if (standing.value.stdout !== intent.tree)
    return failed(wrongTree(intent, lane.value, standing.value.stdout));
  const before = await changedFiles(deps.git, lane.value);

  const results: CheckResult[] = [];
  const folders = await foldersOf(lane.value);
  for (const [index, command] of deps.commands.entries()) {
    const judge =
      baseline === 'base'
        ? judgeOfBase(folders)
        : judgeOfCandidate(
            folders,
            baseline.find((one) => one.command === command),
          );
    const result = await runCommand(
      { name: command.slice(0, 80), command, limitMs: deps.limitMs, retries: RETRIES, judge },
      {
        runProcess: deps.runProcess,
        lane: lane.value,
        env: deps.env,
        runDirectory: deps.runDirectory,
        logName: `${safeName(intent.key)}-${index + 1}`,
        marker: `${deps.run}/${laneOf(intent)}`,
        niceness: NICENESS,
        cancel,
      },
    );
    if (cancel.aborted) return failed(cancelled());
    if (result.outcome === 'not-started') return failed(notStarted(result, lane.value));
    results.push(result);
    if (!isAccepted(result)) break;
  }
  return success(await noteChangedFiles(results, deps.git, lane.value, before));
}

/** Folders that differ from lane to lane, as programs may print them. */
async function foldersOf({ path, env }: CheckLane): Promise<readonly string[]> {
  const folders = [path, env['TMPDIR']].filter((folder) => folder !== undefined);
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return [...new Set([...folders, ...real])];
}

/** A check that rewrites tracked files is told; its verdict counts for the tree that was checked out. */
async function noteChangedFiles(
  results: CheckResult[],
  git: Git,
  lane: CheckLane,
  before: ReadonlySet<string>,
): Promise<CheckResult[]> {
  const after = [...(await changedFiles(git, lane))].filter((path) => !before.has(path));
  const final = results.at(-1);
  if (after.length === 0 || !final) return results;
  const shown = after.slice(0, 5).join(', ') + (after.length > 5 ? ', …' : '');
  const note = `the checks changed ${after.length} tracked file(s), which are not landed: ${shown}`;
  return [...results.slice(0, -1), { ...final, notes: [...(final.notes ?? []), note] }];
}

async function changedFiles(git: Git, lane: CheckLane): Promise<ReadonlySet<string>> {
  const answer = await git(['diff', '--name-only', '-z', 'HEAD'], { cwd: lane.path });
  return new Set(answer.ok ? answer.value.stdout.split('\0').filter(Boolean) : []);
}

function tell(intent: ChecksRun, verdict: Result<Verdict>, cancel: AbortSignal): EventDraft {
  const closes = intent.key;
  if (intent.purpose === 'base' || intent.ticket === undefined) {
    return verdict.ok
      ? { type: 'base.checked', verdict: verdict.value, closes }
      : { type: 'base.checked', failure: verdict.failure, closes };
  }
  const { ticket } = intent;
  if (verdict.ok) return { type: 'landing.verified', ticket, verdict: verdict.value, closes };
  return cancel.aborted
    ? { type: 'landing.check-cancelled', ticket, closes }
    : { type: 'landing.bounced', ticket, why: 'failed', failure: verdict.failure, closes };
}

const cancelled = (): Failure => ({
  code: 'run/cancelled',
  message: 'The checks were stopped: the run was cancelled, or nobody waits for them any more.',
});

const notStarted = (result: CheckResult, lane: CheckLane): Failure => ({
  code: 'lane/setup-failed',
  message: `The check "${result.name}" could not be started in the verification lane ${basename(lane.path)}.`,
  where: { file: lane.path },
  evidence: result.tail,
});

const wrongTree = (intent: ChecksRun, lane: CheckLane, tree: string): Failure => ({
  code: 'lane/not-created',
  message: `The verification lane stands at tree ${tree.slice(0, 12)} instead of ${intent.tree.slice(0, 12)}; nothing was checked.`,
  where: { file: lane.path },
});
