import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of the repository under test: two levels above `dist/test/rig`. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The folders of a rig, all under one temporary root. */
export interface RigPlaces {
  readonly root: string;
  readonly home: string;
  readonly bin: string;
  readonly tmp: string;
  /** Socket, script and call records of the test agents. */
  readonly agents: string;
}

/**
 * Makes a temporary home and answers its scrubbed environment: nothing of the developer's machine is visible but
 * node, git and the system's own programs; no agent CLI, no git configuration.
 * `programs`: the only system programs on the PATH, instead of all of `/usr/bin` and `/bin`.
 */
export async function makeHome(
  root: string,
  programs?: readonly string[],
): Promise<{ places: RigPlaces; env: Record<string, string> }> {
  const places = {
    root,
    home: join(root, 'home'),
    bin: join(root, 'bin'),
    tmp: join(root, 'tmp'),
    agents: join(root, 'agents'),
  };
  for (const folder of [places.home, places.bin, places.tmp, places.agents]) await mkdir(folder);
  await symlink(process.execPath, join(places.bin, 'node'));
  for (const program of ['git', ...(programs ?? [])]) {
    await symlink(whereIs(program), join(places.bin, program));
  }
  const agent = join(repositoryRoot, 'dist/test/rig/agent-main.js');
  await executable(
    join(places.bin, 'test-agent'),
    `exec "${process.execPath}" "${agent}" "${places.agents}" "$@"`,
  );
  await writeFile(
    join(places.home, '.gitconfig'),
    '[user]\n\tname = Rig User\n\temail = rig@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n',
  );
  const system = programs ? [] : ['/usr/bin', '/bin'];
  const env = {
    HOME: places.home,
    XDG_STATE_HOME: join(places.home, '.local/state'),
    XDG_CONFIG_HOME: join(places.home, '.config'),
    XDG_CACHE_HOME: join(places.home, '.cache'),
    PATH: [places.bin, ...system].join(delimiter),
    TMPDIR: places.tmp,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    GIT_CONFIG_GLOBAL: join(places.home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    SAGE_RIG: root,
  };
  return { places, env };
}

/** Writes an executable shell script. */
export async function executable(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

function whereIs(program: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
  if (!found) throw new Error(`the tests need ${program} on the PATH`);
  return found;
}
