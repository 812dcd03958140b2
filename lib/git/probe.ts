import type { Diagnostic } from '../model/diagnostic.js';
import { failed, success, type Result } from '../model/failure.js';
import { branchInTheWay } from './branch-in-the-way.js';
import type { Git } from './git.js';
import type { Repository } from './places.js';
import { unfinishedOperation } from './unfinished-operation.js';

/** The oldest git with everything used here (`merge-tree --write-tree` with all its answers). */
const OLDEST = [2, 39] as const;

/** git's version; `git/too-old` below 2.39, `git/failed` where there is none. */
export async function probeGit(git: Git, cwd: string): Promise<Result<string>> {
  const answer = await git(['--version'], { cwd });
  if (!answer.ok) return answer;
  const [, version = '', major, minor] = /((\d+)\.(\d+)\S*)/.exec(answer.value.stdout) ?? [];
  const isOld =
    Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (!isOld) return success(version);
  return failed({
    code: 'git/too-old',
    message: `git ${version} is older than ${OLDEST.join('.')}, which is needed to merge without a checkout.`,
    hint: 'Install a newer git, or put one first on the PATH.',
  });
}

/** What in the repository stands in the way of a run (error), may surprise (warning) or is worth knowing. Looks only. */
export async function probeRepository(repository: Repository): Promise<readonly Diagnostic[]> {
  const found = await Promise.all([
    identity(repository),
    branchSpace(repository),
    operation(repository),
    shallow(repository),
    partial(repository),
    submodules(repository),
    changes(repository),
  ]);
  return found.filter((diagnostic) => diagnostic !== undefined);
}

async function identity({ git, root: cwd }: Repository): Promise<Diagnostic | undefined> {
  // Without useConfigOnly git makes a name up from the login and the host.
  const known = await Promise.all(
    ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT'].map((name) =>
      git(['-c', 'user.useConfigOnly=true', 'var', name], { cwd }),
    ),
  );
  if (known.every(({ ok }) => ok)) return undefined;
  return {
    severity: 'error',
    code: 'git/no-identity',
    message: 'git knows no name and e-mail for commits.',
    hint: '`git config user.name "…"` and `git config user.email "…"`.',
  };
}

async function branchSpace(repository: Repository): Promise<Diagnostic | undefined> {
  const failure = await branchInTheWay(repository);
  return failure && { severity: 'error', ...failure };
}

async function operation({ gitDir }: Repository): Promise<Diagnostic | undefined> {
  const what = await unfinishedOperation(gitDir);
  if (what === undefined) return undefined;
  return {
    severity: 'warning',
    code: 'git/unfinished-operation',
    message: `The checkout is in the middle of ${what}.`,
    hint: 'A run works elsewhere and is not disturbed, but starts from HEAD as it is and cannot deliver into this checkout. Finish or abort it first.',
  };
}

async function shallow({ git, root: cwd }: Repository): Promise<Diagnostic | undefined> {
  const answer = await git(['rev-parse', '--is-shallow-repository'], { cwd });
  if (!answer.ok || answer.value.stdout !== 'true') return undefined;
  return {
    severity: 'warning',
    code: 'git/shallow',
    message: 'The clone is shallow: commits before its edge are not here.',
    hint: 'It works; `git fetch --unshallow` if agents should see the history.',
  };
}

async function partial({ git, root: cwd }: Repository): Promise<Diagnostic | undefined> {
  const answer = await git(['config', '--get-regexp', '^remote\\..*\\.promisor$'], {
    cwd,
    okCodes: [0, 1],
  });
  if (!answer.ok || answer.value.code !== 0) return undefined;
  return {
    severity: 'warning',
    code: 'git/partial',
    message: 'The clone is partial: files may have to be fetched when a lane is made.',
    hint: 'It needs the network then; `git fetch --refetch --no-filter` makes it whole.',
  };
}

async function submodules({ git, root: cwd }: Repository): Promise<Diagnostic | undefined> {
  const answer = await git(['ls-files', '--stage'], { cwd });
  const count = answer.ok ? (answer.value.stdout.match(/^160000 /gm) ?? []).length : 0;
  if (count === 0) return undefined;
  const what = count === 1 ? 'a submodule' : `${count} submodules`;
  return {
    severity: 'warning',
    code: 'git/submodules',
    message: `The repository has ${what}: agents and checks find an empty folder there, and of what an agent changes inside only the commit that it points to can land.`,
    hint: 'If agents or checks need the content, bring it by a line under `setup.run`: `git submodule update --init` (relative URLs do not work there). Do work on submodules in their own repositories.',
  };
}

async function changes({ git, root: cwd }: Repository): Promise<Diagnostic | undefined> {
  const answer = await git(['status', '--porcelain', '-z', '--no-renames'], { cwd });
  const count = answer.ok ? answer.value.stdout.split('\0').filter(Boolean).length : 0;
  if (count === 0) return undefined;
  return {
    severity: 'information',
    code: 'git/changes',
    message: `${count} changed or untracked ${count === 1 ? 'file' : 'files'} in the checkout: a run starts from the commit, does not see them and does not touch them.`,
  };
}
