import { linkSync, mkdirSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { makeBare } from './make-bare.js';
import type { Depot, Repository } from './places.js';
import { putFiles } from './put-files.js';
import { listRefs, type Ref } from './refs.js';

/**
 * The vault: a second bare repository beside the depot, where kept work lives. Lanes belong to the depot, so an agent's
 * git reaches all of the depot's refs and settings, and with them its objects; it does not reach those of the vault.
 */
export const vaultOf = ({ path }: Pick<Depot, 'path'>) => join(dirname(path), 'vault.git');

/** What is kept, by the folder of its ref: docs/keeping.md. */
const KEPT = ['kept', 'work', 'also', 'aside'] as const;

/** Makes the vault if there is none, with what an older depot keeps by its own refs, and puts its files right. */
export async function openVault(repo: Repository, depot: Depot): Promise<Result<unknown>> {
  const files = depot.canonical.map((file) =>
    file.path === ALTERNATES
      ? { path: ALTERNATES, content: `${file.content?.split('\n', 1)[0] ?? ''}\n` }
      : file,
  );
  const path = vaultOf(depot);
  const made = await makeBare(repo, path, files, async (temporary) => {
    const put = await putFiles(temporary, files);
    return put.ok ? adopt(depot, temporary) : put;
  });
  return made.ok ? putFiles(path, files) : made;
}

const ALTERNATES = 'objects/info/alternates';

async function adopt(depot: Depot, vault: string): Promise<Result<unknown>> {
  if (!(await lstat(join(depot.path, 'HEAD')).catch(() => undefined))) return success(undefined);
  const listed = await listRefs(depot.git, depot.path, 'refs/sage/');
  if (!listed.ok) return listed;
  const refs = listed.value.filter(({ name }) => KEPT.some((kind) => name.split('/')[2] === kind));
  const all = await keepIn(depot, vault, refs);
  if (all.ok) return all;
  // One that is broken must not stand in the way of the others.
  for (const ref of refs) await keepIn(depot, vault, [ref]);
  return success(undefined);
}

/**
 * Keeps commits (or other objects) of the depot under the given names: when it answers, all that they consist of and the
 * user does not lend is in the vault. A name that is taken is given anew.
 */
export const keepRefs = (depot: Depot, refs: readonly Ref[]): Promise<Result<unknown>> =>
  keepIn(depot, vaultOf(depot), refs);

async function keepIn(depot: Depot, vault: string, refs: readonly Ref[]): Promise<Result<unknown>> {
  if (refs.length === 0) return success(undefined);
  const held = await holdObjects(depot, vault, [...new Set(refs.map(({ oid }) => oid))]);
  if (!held.ok) return held;
  const input = refs.map(({ name, oid }) => `update ${name} ${oid}\n`).join('');
  return depot.git(['update-ref', '--no-deref', '--stdin'], { cwd: vault, input });
}

/** Refs of the vault below `refs/sage/<kind>/`, or all. */
export const listKept = (depot: Depot, kind?: (typeof KEPT)[number]) =>
  listRefs(depot.git, vaultOf(depot), `refs/sage/${kind === undefined ? '' : `${kind}/`}`);

/** What this process knows to be there: bounds for the walk through what has to be held. */
interface Known {
  /** Lent by the user for good (`refs/sage/base/`). */
  readonly lent: readonly Oid[];
  readonly held: Set<Oid>;
}

const known = new Map<string, Known>();
/** More bounds than this cost more than they save. */
const BOUNDS = 64;

async function knownOf(depot: Depot, vault: string): Promise<Result<Known>> {
  const before = known.get(vault);
  if (before) return success(before);
  const commonDir = dirname(dirname(depot.path));
  const lent = await listRefs(depot.git, commonDir, 'refs/sage/base/');
  if (!lent.ok) return lent;
  const held = await listRefs(depot.git, vault, 'refs/sage/');
  if (!held.ok) return held;
  const now: Known = {
    lent: lent.value.map(({ oid }) => oid),
    held: new Set(held.value.map(({ oid }) => oid)),
  };
  // Without a lent commit the walk has no end but the beginning of history: look again next time.
  if (now.lent.length > 0) known.set(vault, now);
  return success(now);
}

async function holdObjects(depot: Depot, vault: string, oids: readonly Oid[]) {
  const asked = await knownOf(depot, vault);
  if (!asked.ok) return asked;
  const { lent, held } = asked.value;
  const fresh = oids.filter((one) => !held.has(one));
  if (fresh.length === 0) return success(undefined);
  const { git, path: cwd } = depot;
  const bounds = [...lent.slice(-BOUNDS), ...[...held].slice(-BOUNDS)];
  const input = [...fresh, ...bounds.map((one) => `^${one}`), ''].join('\n');
  const args = ['rev-list', '--objects', '--no-object-names', '--ignore-missing', '--stdin'];
  const listed = await git(args, { cwd, input });
  if (!listed.ok) return listed;
  const all = listed.value.stdout.split('\n').filter((line) => line !== '');
  const rest = linkObjects(cwd, vault, all);
  if (rest.length > 0) {
    // Packed, borrowed, or on a disk without links: git takes a copy of what nobody else holds.
    const copied = await copyObjects(depot, vault, rest);
    if (!copied.ok) return copied;
  }
  for (const one of fresh) held.add(one);
  return success(undefined);
}

/** As a pack through a pipe: the two may lie on different disks. */
async function copyObjects({ git, path: cwd }: Depot, vault: string, oids: readonly string[]) {
  const input = `${oids.join('\n')}\n`;
  const packed = await git(['pack-objects', '-q', '--local', '--stdout'], { cwd, input });
  // The number of objects stands behind the signature and the version (gitformat-pack).
  if (!packed.ok || packed.value.bytes.readUInt32BE(8) === 0) return packed;
  return git(['index-pack', '--stdin'], { cwd: vault, input: packed.value.bytes });
}

/** Gives loose objects of the depot a second name in the vault; answers those that could not be given one. */
function linkObjects(depot: string, vault: string, oids: readonly string[]): string[] {
  const folders = new Set<string>();
  return oids.filter((one) => {
    const folder = join('objects', one.slice(0, 2));
    if (!folders.has(folder)) mkdirSync(join(vault, folder), { recursive: true });
    folders.add(folder);
    const path = join(folder, one.slice(2));
    try {
      linkSync(join(depot, path), join(vault, path));
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EEXIST';
    }
  });
}
