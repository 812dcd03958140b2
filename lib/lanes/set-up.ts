import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Git } from '../git/git.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { safeName, type Oid } from '../model/ids.js';
import type { ProcessEnd } from '../process/process-spec.js';
import { copyFiles } from './copy-files.js';
import type { Lane, LaneYard } from './lane.js';

/** Files at the top of a project that decide which dependencies it has. */
const LOCK_FILES = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lockb'],
  ...['bun.lock', 'deno.lock', 'Cargo.lock', 'poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock'],
  ...['requirements.txt', 'go.sum', 'Gemfile.lock', 'composer.lock', 'mix.lock', 'flake.lock'],
  ...['gradle.lockfile', 'packages.lock.json', 'pubspec.lock', 'Podfile.lock', 'Package.resolved'],
]);

/** What the set-up of a lane depends on: its commands and the lock files of the commit. */
export async function setupKey(
  yard: LaneYard,
  git: Git,
  lane: Lane,
  commit: Oid,
): Promise<Result<string>> {
  const listed = await git(['ls-tree', '-z', commit], { cwd: lane.path });
  if (!listed.ok) return listed;
  const locks = listed.value.stdout
    .split('\0')
    .filter((line) => LOCK_FILES.has(line.slice(line.indexOf('\t') + 1)));
  const hash = createHash('sha256').update(JSON.stringify([yard.setup, locks]));
  return success(hash.digest('hex'));
}

/** Copies, then runs the set-up commands one after the other; the first that fails ends it, with its log named. */
export async function setUp(
  yard: LaneYard,
  lane: Lane,
  what: { readonly isWhole: boolean; readonly occasion: string; readonly cancel: AbortSignal },
): Promise<Result<'ready'>> {
  const copied = await copyFiles(yard.setup.copy, yard.checkout, lane.path, what.isWhole);
  if (!copied.ok || !what.isWhole) return copied.ok ? success('ready') : copied;
  for (const [index, command] of yard.setup.run.entries()) {
    const log = join('lanes', `${safeName(what.occasion)}-setup-${index + 1}.log`);
    const end = await yard.runProcess({
      file: 'sh',
      args: ['-c', command],
      cwd: lane.path,
      env: { ...yard.env, ...lane.env },
      log: join(yard.runDirectory, log),
      limitMs: yard.setupLimitMs ?? 1_800_000,
      isPatient: true,
      cancel: what.cancel,
      marker: `${yard.run}/${what.occasion}/setup`,
    });
    if (end.end.kind === 'cancelled') return failed(cancelled);
    if (end.end.kind !== 'exited' || end.end.code !== 0) {
      return failed(broken(command, end, join(yard.runDirectory, log)));
    }
  }
  return success('ready');
}

const cancelled: Failure = {
  code: 'run/cancelled',
  message: 'The set-up of a lane was stopped because the run was cancelled.',
};

function broken(command: string, { end, tail }: ProcessEnd, log: string): Failure {
  const how =
    end.kind === 'exited'
      ? `ended with code ${end.code}`
      : end.kind === 'timed-out'
        ? 'took too long'
        : end.kind === 'not-started'
          ? 'could not be started'
          : `ended: ${end.kind}`;
  return {
    code: 'lane/setup-failed',
    message: `The set-up command "${command}" ${how}; its log is ${log}.`,
    hint: 'No agent was started. Mend `setup.run` in `.sage/config.yaml`.',
    where: { file: log },
    evidence: tail,
  };
}
