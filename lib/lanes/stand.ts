import { chmod, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../git/git.js';
import { failed, success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { unhide } from './lane-index.js';
import { notCreated, putAside, type LaneLink } from './lane-link.js';
import type { Lane } from './lane.js';
import { emptySubmodules, touchedSubmodules } from './submodules.js';

/** What a merge, rebase, pick, bisection or killed git leaves in a worktree's part of the repository. */
const HALF_DONE = [
  ...['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'MERGE_AUTOSTASH', 'AUTO_MERGE', 'SQUASH_MSG'],
  ...['CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD', 'rebase-merge', 'rebase-apply'],
  ...['sequencer', 'BISECT_LOG', 'BISECT_START', 'BISECT_NAMES', 'BISECT_TERMS'],
  ...['BISECT_EXPECTED_REV', 'BISECT_ANCESTORS_OK', 'BISECT_FIRST_PARENT'],
  ...['index.lock', 'HEAD.lock', 'config.worktree', 'info/sparse-checkout', 'locked'],
];

/**
 * Puts a lane on `commit`, detached, without anything that is not in it but ignored files and `products`; whatever
 * state it was in. Proven when it answers: HEAD is `commit` and `git status` finds nothing. `putQuickly` may put it
 * there in a cheaper way than a checkout and tell whether it believes it did. Answers the submodules that it had to
 * empty: what a set-up put there has to be put there again.
 */
export async function stand(
  git: Git,
  lane: Lane,
  link: LaneLink,
  commit: Oid,
  products: readonly string[],
  putQuickly: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<Result<readonly string[]>> {
  const cwd = lane.path;
  await forgetHalfDone(link);
  const nested = await healIndex(git, lane, link, commit);
  if (!nested.ok) return nested;
  for (const folder of nested.value) {
    await putAside(join(cwd, Buffer.from(folder, 'latin1').toString('utf8'), '.git'), lane);
  }
  let last: string[] = [];
  let isPut = await putQuickly();
  const emptied: string[] = [];
  for (const pass of [1, 2, 3]) {
    if (pass > 1) {
      const args = ['clean', '-ffdq', ...products.flatMap((path) => ['-e', `/${escaped(path)}`])];
      const cleaned = await git(args, { cwd });
      if (!cleaned.ok) await openFolders(cwd);
    }
    if (!isPut) {
      const put = await git(['checkout', '-f', '-q', '--detach', commit], { cwd });
      if (!put.ok && pass === 3) return failed(notCreated(lane, put.failure.message));
      if (!put.ok) {
        await openFolders(cwd);
        // It may be the index that git cannot read.
        if (pass === 2) await rm(join(link.gitDir, 'index'), { force: true });
        continue;
      }
    }
    const status = await laneStatus(git, lane);
    if (!status.ok) return status;
    const touched = await touchedSubmodules(git, lane);
    if (!touched.ok) return touched;
    if (touched.value.length > 0) {
      await emptySubmodules(lane, touched.value);
      emptied.push(...touched.value);
      isPut = false;
      continue;
    }
    last = status.value.changes.filter((change) => !isProduct(change, products));
    // Untracked files alone need no second checkout.
    isPut = status.value.head === commit && last.every((change) => change.startsWith('?? '));
    if (isPut && last.length === 0) {
      await truncate(join(link.gitDir, 'logs/HEAD'), 0).catch(() => undefined);
      return success(emptied);
    }
  }
  return failed({
    ...notCreated(lane, `git still sees changes after a checkout: ${last.slice(0, 5).join(', ')}`),
    hint: 'Often line endings or a filter: `git add --renormalize .` and a commit mend that.',
  });
}

/** Locks that a killed git left; no process is left that could hold them. */
export async function forgetLocks({ gitDir }: LaneLink): Promise<void> {
  for (const name of ['index.lock', 'HEAD.lock']) await rm(join(gitDir, name), { force: true });
}

async function forgetHalfDone({ gitDir }: LaneLink): Promise<void> {
  const there = new Set(await readdir(gitDir));
  await Promise.all(
    HALF_DONE.filter((name) => there.has(name.split('/', 1)[0] ?? '')).map((name) =>
      rm(join(gitDir, name), { recursive: true, force: true }),
    ),
  );
}

/** An index that cannot be read is made anew by the checkout. */
async function healIndex(
  git: Git,
  lane: Lane,
  link: LaneLink,
  like: Oid,
): Promise<Result<readonly string[]>> {
  const file = join(link.gitDir, 'index');
  const opened = await unhide(git, lane, { file, like });
  if (opened.ok) return success(opened.value.nested);
  await rm(file, { force: true });
  return success([]);
}

/** Where HEAD is, and the lines of `git status --porcelain`, without renames: `?? new file`. */
export async function laneStatus(
  git: Git,
  lane: Lane,
): Promise<Result<{ readonly head: string; readonly changes: string[] }>> {
  const args = ['status', '--porcelain=v2', '--branch', '--no-ahead-behind', '--no-renames', '-z'];
  const answer = await git([...args, '-uall'], { cwd: lane.path });
  if (!answer.ok) return answer;
  const lines = answer.value.stdout.split('\0').filter((line) => line !== '');
  const head = lines.find((line) => line.startsWith('# branch.oid '))?.slice(13) ?? '';
  return success({ head, changes: lines.filter((line) => !line.startsWith('# ')).map(plain) });
}

/** `1 .M N... 100644 100644 100644 <id> <id> path` → ` M path`; `? path` → `?? path`. */
function plain(line: string): string {
  if (line.startsWith('? ')) return `?? ${line.slice(2)}`;
  const fields = line.split(' ');
  const start = line.startsWith('u') ? 10 : 8;
  return `${fields[1] ?? ''} ${fields.slice(start).join(' ')}`;
}

const isProduct = (change: string, products: readonly string[]) =>
  change.startsWith('?? ') && products.includes(change.slice(3));

/** A path as a pattern that fits nothing else. */
const escaped = (path: string) => path.replace(/[\\*?[\]!# ]/g, '\\$&');

/** Gives every folder back to us: agents take the right to write away from some, and nothing in them can go then. */
export async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755).catch(() => undefined);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}
