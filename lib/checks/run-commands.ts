import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { isAccepted } from '../engine/baseline.js';
import type { Git } from '../git/git.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { safeName } from '../model/ids.js';
import type { ChecksRun } from '../model/intent.js';
import type { CheckResult, KnownFailures } from '../model/work.js';
import type { CheckLane } from './check-lane.js';
import type { ChecksDeps } from './checks-deps.js';
import { judgeOfBase, judgeOfCandidate } from './judge.js';
import { runCommand } from './run-command.js';

/** A red command is tried once more before it counts. */
const RETRIES = 1;

/** Checks yield the CPU to agents: a tool call that somebody waits for goes before a verdict. */
const NICENESS = 5;

const laneOf = ({ lane }: ChecksRun) => lane ?? 'check-1';

/** Runs the commands in the lane of the intent: results up to the first that fails with something new. */
export async function runCommands(
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

/** Why checks that were aborted have no verdict. */
export const cancelled = (): Failure => ({
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
