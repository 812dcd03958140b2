import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { closeSync, existsSync, openSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { healGuestLocks } from '../../lib/git/guest.js';
import { startChild } from '../land/child.js';
import { createWorld, type World } from './world.js';
import { waitingGit } from './waiting-git.js';

let world: World;
let gitDir: string;
const lock = (name: string) => join(gitDir, name);
const standing = (names: readonly string[]) => names.filter((name) => existsSync(lock(name)));

beforeEach(async () => {
  world = await createWorld();
  gitDir = join(world.repo, '.git');
});
afterEach(() => world[Symbol.asyncDispose]());

/** A process of ours that is killed while it writes here, after `meanwhile`. */
async function killedGuest(meanwhile: () => void): Promise<void> {
  const child = startChild(new URL('./guest-child.js', import.meta.url), gitDir, 'refs/heads/work');
  await child.saying('ready');
  meanwhile();
  await child.kill();
}

const notes = () => readdirSync(lock('sage/guest'));

test('002-7.4 locks that came while a process wrote here that is dead now go; those that stood before stay', async () => {
  writeFileSync(lock('index.lock'), 'theirs');
  await killedGuest(() => {
    for (const name of ['HEAD.lock', 'refs/heads/work.lock', 'refs/heads/other.lock'])
      writeFileSync(lock(name), '');
  });
  expect(notes()).toHaveLength(1);
  await healGuestLocks({ commonDir: gitDir });
  expect(standing(['HEAD.lock', 'refs/heads/work.lock'])).toEqual([]);
  expect(standing(['index.lock', 'refs/heads/other.lock'])).toHaveLength(2);
  expect(notes()).toEqual([]);
});

test('a lock that came when our process was long dead stays, as does one that was replaced since', async () => {
  writeFileSync(lock('index.lock'), '');
  await killedGuest(() => writeFileSync(lock('HEAD.lock'), ''));
  const later = Date.now() / 1_000 + 60;
  utimesSync(lock('HEAD.lock'), later, later);
  await healGuestLocks({ commonDir: gitDir });
  expect(standing(['HEAD.lock', 'index.lock'])).toHaveLength(2);
});

test('a lock that a living process has open stays, whoever that is', async () => {
  let file = -1;
  await killedGuest(() => (file = openSync(lock('index.lock'), 'w')));
  try {
    await healGuestLocks({ commonDir: gitDir });
    expect(standing(['index.lock'])).toHaveLength(1);
  } finally {
    closeSync(file);
  }
});

test('as long as a git works in the repository nothing goes; when it ends in time, it does', async () => {
  await using git = await waitingGit(world.repo, ['cat-file', '--batch'], 'HEAD');
  await killedGuest(() => writeFileSync(lock('index.lock'), ''));
  const healing = healGuestLocks({ commonDir: gitDir });
  expect(standing(['index.lock'])).toHaveLength(1);
  git.end();
  await healing;
  expect(standing(['index.lock'])).toEqual([]);
});
