import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGit, type Git } from '../../lib/git/git.js';
import { openDepot } from '../../lib/git/depot.js';
import type { Depot, Repository } from '../../lib/git/places.js';
import { openRepository } from '../../lib/git/repository.js';
import { withStandingGits } from '../../lib/git/standing-gits.js';
import type { Result } from '../../lib/model/failure.js';
import { oid, type Oid } from '../../lib/model/ids.js';

/** A home, a temporary folder and a repository with one commit, all below `root`. */
export interface World {
  readonly root: string;
  readonly repo: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly git: Git;
  /** Runs a shell line in a folder (default: the repository) as a user would, and answers what it printed. */
  sh(line: string, cwd?: string): string;
  write(path: string, text: string | Uint8Array, cwd?: string): Promise<void>;
  /** Commits everything and answers the id. */
  commit(message: string, cwd?: string): Oid;
  /** With gits that stand ready in the depot, as in a run. */
  open(): Promise<{ repository: Repository; depot: Depot }>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createWorld(name = 'repo', init = 'git init -q -b main'): Promise<World> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'sage-test-')));
  const repo = join(root, name);
  await mkdir(repo, { recursive: true });
  await mkdir(join(root, 'home'));
  await writeFile(
    join(root, 'home/.gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(root, 'home'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const sh = (line: string, cwd = repo) =>
    execFileSync('sh', ['-c', line], {
      cwd,
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).replace(/\n$/, '');
  const write = async (path: string, text: string | Uint8Array, cwd = repo) => {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  };
  const commit = (message: string, cwd = repo) =>
    oid(sh(`git add -A && git commit -q -m "${message}" && git rev-parse HEAD`, cwd));
  sh(init);
  await write('README.md', 'one\ntwo\nthree\n');
  commit('first');
  const git = createGit(environment);
  const opened: AsyncDisposable[] = [];
  return {
    ...{ root, repo, environment, git, sh, write, commit },
    open: async () => {
      const repository = value(await openRepository(git, repo));
      const depot = value(await openDepot(repository));
      const standing = withStandingGits(git, depot.path);
      opened.push(standing);
      return { repository, depot: { ...depot, git: standing } };
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of opened) await one[Symbol.asyncDispose]();
      await makeWritable(root);
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The value of a result that must be one. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}
