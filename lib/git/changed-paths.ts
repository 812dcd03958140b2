import { failed, success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Git } from './git.js';
import { readNames } from './refs.js';
import { standingIn } from './standing-gits.js';

/** One path that differs between two trees. */
export interface PathChange {
  /** As UTF-8; bytes that are none are shown as U+FFFD. */
  readonly path: string;
  /** M: content or mode; T: file, link or submodule turned into another. */
  readonly status: 'A' | 'D' | 'M' | 'T';
  /** `000000`: there was none. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: Oid;
  readonly newId: Oid;
}

/**
 * The paths that differ between two trees (or commits), sorted as git sorts; a rename is a deletion and an addition.
 * `below` limits it to that folder or file.
 */
export async function changedPaths(
  git: Git,
  cwd: string,
  from: Oid,
  to: Oid,
  below?: string,
): Promise<Result<PathChange[]>> {
  if (from === to) return success([]);
  if (below === undefined && standingIn(git, cwd)) {
    const steps = await changesOfSteps(git, cwd, [[from, to]]);
    if (steps.ok) return success(steps.value[0] ?? []);
  }
  const limit = below === undefined ? [] : ['--', below];
  const answer = await git(
    ['--literal-pathspecs', 'diff-tree', '-r', '-z', '--no-renames', from, to, ...limit],
    { cwd },
  );
  if (!answer.ok) return answer;
  return success(changesIn(answer.value.stdout));
}

/** Pairs of fields and path, each ended by NUL. */
function changesIn(text: string): PathChange[] {
  const parts = text.split('\0');
  const changes: PathChange[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    changes.push(changeOf(parts[index] ?? '', parts[index + 1] ?? ''));
  }
  return changes;
}

/** {@link changedPaths} for several steps from one tree or commit to another, asked at once. */
export async function changesOfSteps(
  git: Git,
  cwd: string,
  steps: readonly (readonly [from: Oid, to: Oid])[],
): Promise<Result<PathChange[][]>> {
  const names = steps.flat().map((id) => `${id}^{tree}`);
  const trees = await readNames(git, cwd, names);
  if (!trees.ok) return trees;
  const missing = names.find((_, index) => trees.value[index] === undefined);
  if (missing !== undefined) {
    return failed({ code: 'git/failed', message: `git knows no ${missing}`, where: { file: cwd } });
  }
  // Two trees on a line are compared; of commits only the first would be taken for what it is.
  const input = steps
    .map((_, index) => trees.value.slice(2 * index, 2 * index + 2).join(' ') + '\n')
    .join('');
  const told = await standingIn(git, cwd)?.compare(input);
  if (told) return success(stepsIn(told.toString('utf8')));
  const args = ['diff-tree', '--stdin', '--always', '-r', '-z', '--no-renames'];
  const answer = await git(args, { cwd, input });
  return answer.ok ? success(stepsIn(answer.value.bytes.toString('utf8'))) : answer;
}

/** For each step a line with its two trees, then its changes. */
function stepsIn(text: string): PathChange[][] {
  const all: PathChange[][] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] !== ':') {
      all.push([]);
      const line = text.indexOf('\n', at);
      at = line < 0 ? text.length : line + 1;
      continue;
    }
    const path = text.indexOf('\0', at) + 1;
    const end = text.indexOf('\0', path);
    all.at(-1)?.push(changeOf(text.slice(at, path - 1), text.slice(path, end)));
    at = end + 1;
  }
  return all;
}

/** `:100644 100755 <id> <id> M` and the path. */
function changeOf(fields: string, path: string): PathChange {
  const [oldMode, newMode, oldId, newId, status] = fields.slice(1).split(' ');
  return {
    path,
    status: status as PathChange['status'],
    oldMode: oldMode ?? '',
    newMode: newMode ?? '',
    oldId: oid(oldId ?? ''),
    newId: oid(newId ?? ''),
  };
}
