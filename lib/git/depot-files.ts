import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { success, type Result } from '../model/failure.js';
import { depotPath, type CanonicalFile, type Repository } from './places.js';
import { vaultOf } from './vault.js';

/**
 * Settings of the user's repository that decide what a checkout looks like and who commits; all else (hooks, aliases,
 * merge drivers, remotes, watchers) stays behind. User-wide settings reach the lanes by themselves.
 */
const CARRIED =
  /^(core\.(autocrlf|eol|safecrlf|symlinks|filemode|ignorecase|precomposeunicode|excludesfile|attributesfile|protecthfs|protectntfs|checkroundtripencoding|bigfilethreshold)|(user|author|committer)\.(name|email)|filter\..*|lfs\..*|diff\.(renames|renamelimit)|merge\.(renames|renamelimit|directoryrenames|conflictstyle))$/;

/** A setting with its subsection apart: `remote.origin.url` → `remote`, `origin`, `url`. */
interface Setting {
  readonly section: string;
  readonly subsection?: string;
  readonly name: string;
  readonly value: string;
}

/** The files of the depot that git obeys, as they must be for this repository. Deterministic. */
export async function canonicalFiles(repo: Repository): Promise<Result<readonly CanonicalFile[]>> {
  const asked = await repo.git(['config', '--local', '--list', '-z'], { cwd: repo.root });
  if (!asked.ok) return asked;
  const users = parseSettings(asked.value.stdout);
  const settings = [
    ...ours(users),
    ...users.filter((setting) => CARRIED.test(keyOf(setting))),
    ...largeFiles(repo, users),
    ...promisor(repo, users),
  ];
  const user = (path: string) =>
    readFile(join(repo.commonDir, path), 'utf8').catch(() => undefined);
  const [exclude, attributes, shallow] = await Promise.all([
    user('info/exclude'),
    user('info/attributes'),
    user('shallow'),
  ]);
  const objects = [
    join(repo.commonDir, 'objects'),
    // What is kept can be read in the depot, whatever an agent removes from it.
    join(vaultOf({ path: depotPath(repo.commonDir) }), 'objects'),
  ];
  return success([
    { path: 'config', content: settings.map(settingText).join('') },
    { path: 'objects/info/alternates', content: `${objects.map(alternateLine).join('\n')}\n` },
    withContent('info/exclude', exclude),
    withContent('info/attributes', attributes),
    withContent('shallow', shallow),
    { path: 'hooks' },
    { path: 'config.worktree' },
  ]);
}

const withContent = (path: string, content: string | undefined): CanonicalFile =>
  content === undefined ? { path } : { path, content };

function ours(users: readonly Setting[]): Setting[] {
  const format = users.find((setting) => keyOf(setting) === 'extensions.objectformat');
  return [
    { section: 'core', name: 'repositoryformatversion', value: '1' },
    { section: 'core', name: 'bare', value: 'true' },
    { section: 'core', name: 'logallrefupdates', value: 'true' },
    { section: 'core', name: 'fsync', value: 'committed,loose-object,reference' },
    { section: 'core', name: 'fsyncmethod', value: 'batch' },
    { section: 'extensions', name: 'preciousobjects', value: 'true' },
    ...(format ? [format] : []),
    { section: 'gc', name: 'auto', value: '0' },
    { section: 'gc', name: 'worktreepruneexpire', value: 'never' },
    { section: 'gc', name: 'reflogexpire', value: 'never' },
    { section: 'gc', name: 'reflogexpireunreachable', value: 'never' },
    { section: 'maintenance', name: 'auto', value: 'false' },
    { section: 'receive', name: 'autogc', value: 'false' },
    { section: 'advice', name: 'detachedhead', value: 'false' },
  ];
}

/** Large files stay in the user's own store, so that what an agent adds is there when its commit arrives. */
function largeFiles(repo: Repository, users: readonly Setting[]): Setting[] {
  if (users.some((setting) => keyOf(setting) === 'lfs.storage')) return [];
  return [{ section: 'lfs', name: 'storage', value: join(repo.commonDir, 'lfs') }];
}

/** A partial clone fetches missing objects when they are needed; nothing can be pushed by that way. */
function promisor(repo: Repository, users: readonly Setting[]): Setting[] {
  const remotes = users
    .filter(
      ({ section, name, value }) => section === 'remote' && name === 'promisor' && isOn(value),
    )
    .map(({ subsection }) => subsection);
  const extension = users.filter((setting) => keyOf(setting) === 'extensions.partialclone');
  const settings = users.filter(
    ({ section, subsection, name }) =>
      section === 'remote' &&
      remotes.includes(subsection) &&
      ['url', 'promisor', 'partialclonefilter'].includes(name),
  );
  const noPush = remotes.flatMap((subsection) =>
    subsection === undefined
      ? []
      : [{ section: 'remote', subsection, name: 'pushurl', value: 'sage-lanes-do-not-push:' }],
  );
  return [
    ...(remotes.length > 0 ? extension : []),
    ...settings.map((setting) =>
      setting.name === 'url' ? { ...setting, value: reachable(repo, setting.value) } : setting,
    ),
    ...noPush,
  ];
}

const isOn = (value: string) => /^(true|yes|on|1|)$/i.test(value);

/** A relative path in a URL counts from the user's checkout, not from the depot. */
const reachable = (repo: Repository, url: string) =>
  /^[\w+.-]+:/.test(url) || /^[^/]+:/.test(url) || isAbsolute(url) ? url : resolve(repo.root, url);

/** `git config --list -z`: key, line feed, value; a key alone means true. */
function parseSettings(text: string): Setting[] {
  return text
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const end = entry.indexOf('\n');
      const key = end < 0 ? entry : entry.slice(0, end);
      const first = key.indexOf('.');
      const last = key.lastIndexOf('.');
      const section = key.slice(0, first).toLowerCase();
      const name = key.slice(last + 1).toLowerCase();
      const value = end < 0 ? 'true' : entry.slice(end + 1);
      return first === last
        ? { section, name, value }
        : { section, subsection: key.slice(first + 1, last), name, value };
    });
}

const keyOf = ({ section, subsection, name }: Setting) =>
  subsection === undefined ? `${section}.${name}` : `${section}.${subsection}.${name}`;

function settingText({ section, subsection, name, value }: Setting): string {
  const head = subsection === undefined ? section : `${section} ${quoted(subsection, false)}`;
  return `[${head}]\n\t${name} = ${quoted(value, true)}\n`;
}

function quoted(text: string, isValue: boolean): string {
  const escaped = text.replace(/["\\]/g, '\\$&');
  return `"${isValue ? escaped.replace(/\n/g, '\\n').replace(/\t/g, '\\t') : escaped}"`;
}

/** A line of `alternates`: C-quoted where git would read the plain path as something else. */
const alternateLine = (path: string) =>
  /^["#]|\n/.test(path) ? `"${path.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"` : path;
