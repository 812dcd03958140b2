import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Depot, Repository } from './places.js';
import { listRefs, type Ref } from './refs.js';

/** Branches that agents ask for by name, besides the one that is checked out. */
const WELL_KNOWN = ['refs/heads/main', 'refs/heads/master', 'refs/heads/develop'];

/**
 * Shows the user's current and main branches and `origin/*` in the depot, as they stand now. One way only: nothing an
 * agent does to them reaches the user, and the next call puts them back. Answers what is shown. Two processes when
 * nothing changed.
 */
export async function mirrorBranches(
  repo: Repository,
  depot: Depot,
): Promise<Result<ReadonlyMap<string, Oid>>> {
  const { git } = repo;
  const head = await git(['symbolic-ref', '--quiet', 'HEAD'], { cwd: repo.root, okCodes: [0, 1] });
  if (!head.ok) return head;
  const names = new Set([...WELL_KNOWN, head.value.stdout]);
  const isMirrored = ({ name }: Ref) =>
    !name.startsWith('refs/heads/sage/') &&
    (names.has(name) || name.startsWith('refs/remotes/origin/'));
  const [theirs, mirror] = await Promise.all([listAll(repo), listRefs(git, depot.path, 'refs/')]);
  if (!theirs.ok) return theirs;
  if (!mirror.ok) return mirror;
  const want = new Map(theirs.value.filter(isMirrored).map(({ name, oid }) => [name, oid]));
  const have = new Map(mirror.value.filter(isMirrored).map(({ name, oid }) => [name, oid]));
  const lines = [
    ...[...want]
      .filter(([name, id]) => have.get(name) !== id)
      .map(([name, id]) => `update ${name}\0${id}\0`),
    ...[...have.keys()].filter((name) => !want.has(name)).map((name) => `delete ${name}\0\0`),
  ];
  if (lines.length === 0) return success(want);
  const moved = await git(['update-ref', '--no-deref', '-z', '--stdin'], {
    cwd: depot.path,
    input: lines.map((line) => (line.startsWith('update') ? `${line}\0` : line)).join(''),
  });
  return moved.ok ? success(want) : moved;
}

const listAll = (repo: Repository) => listRefs(repo.git, repo.root, 'refs/');
