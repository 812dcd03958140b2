import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Everything of a checkout that a run must leave alone, as comparable text. */
export interface Snapshot {
  readonly head: string;
  readonly index: string;
  readonly stash: string;
  readonly config: string;
  /** FETCH_HEAD, ORIG_HEAD, info/, … : what else stands in the git directory, objects and `sage/` apart. */
  readonly rest: readonly string[];
  readonly hooks: readonly string[];
  /** Outside `refs/heads/sage/` and `refs/sage/base/`. */
  readonly refs: readonly string[];
  /** `mode hash path` of every file outside `.sage/` and `.git/`. */
  readonly files: readonly string[];
}

/** Told by other fields, or meant to grow: objects, reflogs of new refs, our own folder. */
const OTHERS = /^(HEAD|index|config|packed-refs|(hooks|objects|refs|logs|sage)\/.*)$/;

/** Reads a checkout without running git, which would itself refresh the index. */
export function snapshot(checkout: string): Snapshot {
  const git = join(checkout, '.git');
  return {
    head: text(join(git, 'HEAD')),
    index: hash(join(git, 'index')),
    stash: `${text(join(git, 'refs/stash'))}${text(join(git, 'logs/refs/stash'))}`,
    config: text(join(git, 'config')),
    rest: walk(git)
      .filter((path) => !OTHERS.test(relative(git, path)))
      .map((path) => describe(git, path)),
    hooks: walk(join(git, 'hooks')).map((path) => describe(git, path)),
    refs: refsOf(git).filter((line) => !/ refs\/(heads\/sage|sage\/base)\//.test(line)),
    files: walk(checkout)
      .filter((path) => !/^(\.git|\.sage)\//.test(relative(checkout, path)))
      .map((path) => describe(checkout, path)),
  };
}

function refsOf(git: string): string[] {
  const loose = walk(join(git, 'refs')).map(
    (path) => `${text(path).trim()} ${relative(git, path)}`,
  );
  const packed = text(join(git, 'packed-refs'))
    .split('\n')
    .filter((line) => /^[0-9a-f]{40}/.test(line));
  return [...loose, ...packed].sort();
}

function walk(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== '.git')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : [path];
    })
    .sort();
}

function describe(root: string, path: string): string {
  const stat = lstatSync(path);
  const content = stat.isSymbolicLink() ? `-> ${readlinkSync(path)}` : hash(path);
  return `${(stat.mode & 0o777).toString(8)} ${content} ${relative(root, path)}`;
}

const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const hash = (path: string) =>
  existsSync(path) ? createHash('sha1').update(readFileSync(path)).digest('hex') : '';
