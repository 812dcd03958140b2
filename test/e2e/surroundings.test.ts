import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Rig, type RigOptions } from '../rig/rig.js';
import type { AgentAction } from '../rig/agent-actions.js';

/** A repository with tickets A and B, B after A, and one scripted agent for both. */
async function project(actions: readonly AgentAction[], options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work', ...options });
  await rig.config({ verify: ['test ! -e red.txt'] });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.script({ A: actions, B: [{ write: { 'B.txt': 'B\n' } }] });
  return rig;
}

/** Both landed, were delivered, and the user's checkout shows no change. */
async function expectAllLanded(rig: Rig) {
  const { code, summary } = await rig.stream();
  expect(summary.deferred).toEqual([]);
  expect([code, summary.landed.map(({ id }) => id)]).toEqual([0, ['A', 'B']]);
  expect(await rig.git('status', '--porcelain')).toBe('');
  return summary;
}

const executable = (rig: Rig, path: string, text: string) => {
  const file = join(rig.checkout, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
};

describe('a repository with surroundings of its own', () => {
  test('hooks, core.hooksPath and a signing program that fails neither run nor stop anything', async () => {
    await using rig = await project([{ write: { 'A.txt': 'A\n' } }, { commit: 'work' }]);
    const trap = '#!/bin/sh\ntouch "$(git rev-parse --git-common-dir)/hook-ran"; exit 1\n';
    for (const hook of [
      'pre-commit',
      'commit-msg',
      'post-checkout',
      'reference-transaction',
      'post-merge',
      'update',
    ]) {
      executable(rig, `.git/hooks/${hook}`, trap);
      executable(rig, `.git/other-hooks/${hook}`, trap);
    }
    await rig.git('config', 'core.hooksPath', join(rig.gitDir, 'other-hooks'));
    await rig.git('config', 'commit.gpgSign', 'true');
    await rig.git('config', 'gpg.program', 'false');
    await expectAllLanded(rig);
    expect(existsSync(join(rig.gitDir, 'hook-ran'))).toBe(false);
  });

  test('core.autocrlf and eol attributes: what lands is normalised, and the checkout is clean afterwards', async () => {
    await using rig = await project(
      [{ write: { 'dos.bat': 'one\r\ntwo\r\n', 'unix.txt': 'one\r\ntwo\r\n' } }],
      { files: { '.gitattributes': '*.txt text\n*.bat text eol=crlf\n' } },
    );
    await rig.git('config', 'core.autocrlf', 'true');
    await expectAllLanded(rig);
    expect(await rig.git('cat-file', 'blob', 'HEAD:unix.txt')).toBe('one\ntwo');
    expect(rig.read('dos.bat')).toBe('one\r\ntwo\r\n');
  });

  test("merge drivers of the repository are not run: the merge is git's own", async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`);
    await using rig = await Rig.create({
      branch: 'work',
      files: { '.gitattributes': '*.txt merge=mine\n', 'list.txt': lines.join('') },
    });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.git('config', 'merge.mine.driver', `touch ${join(rig.gitDir, 'driver-ran')}; exit 1`);
    const run = rig.start('stream', '--auto', '--parallel=2');
    const calls = [await rig.agent.for('A'), await rig.agent.for('B')];
    await calls[0]!.succeed({ 'list.txt': ['A\n', ...lines.slice(1)].join('') });
    await rig.event('landing.landed');
    await calls[1]!.succeed({ 'list.txt': [...lines.slice(0, -1), 'B\n'].join('') });
    expect((await run.wait()).code).toBe(0);
    expect(rig.read('list.txt')).toBe(['A\n', ...lines.slice(1, -1), 'B\n'].join(''));
    expect(existsSync(join(rig.gitDir, 'driver-ran'))).toBe(false);
  });

  test('attributes that are dirty in the checkout do not change what lands, and stay as they are', async () => {
    await using rig = await project([{ write: { 'A.txt': 'a\r\nb\r\n' } }], {
      files: { '.gitattributes': '*.txt -text\n' },
    });
    await rig.write({ '.gitattributes': '*.txt text\n* merge=union\n' });
    const { code } = await rig.stream();
    expect(code).toBe(0);
    expect(await rig.git('cat-file', 'blob', 'HEAD:A.txt')).toBe('a\r\nb\r');
    expect(rig.read('.gitattributes')).toBe('*.txt text\n* merge=union\n');
    expect(await rig.git('status', '--porcelain', '--', '.gitattributes')).toBe(
      ' M .gitattributes',
    );
  });

  test('a filter that must work and does not is told as an outside fault; no ticket is blamed', async () => {
    await using rig = await project([{ write: { 'A.txt': 'A\n' } }], {
      files: { '.gitattributes': '*.bin filter=lfs -text\n', 'model.bin': 'version 1\n' },
    });
    await rig.git('config', 'filter.lfs.clean', 'no-such-lfs clean');
    await rig.git('config', 'filter.lfs.smudge', 'no-such-lfs smudge');
    await rig.git('config', 'filter.lfs.required', 'true');
    const { code, summary } = await rig.stream();
    expect(code).toBe(1);
    expect(rig.calls()).toEqual([]);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED' });
    expect(JSON.stringify(summary)).toContain('no-such-lfs');
  });

  test('pointers of a filter that is not set up here land as the text that they are', async () => {
    await using rig = await project([{ write: { 'model.bin': 'version 2\n' } }], {
      files: { '.gitattributes': '*.bin filter=lfs -text\n', 'model.bin': 'version 1\n' },
    });
    await expectAllLanded(rig);
    expect(await rig.git('show', 'HEAD:model.bin')).toBe('version 2');
  });
});

describe('work of an unusual kind', () => {
  test('a rename that changes only the case of a name lands, in the checkout too', async () => {
    await using rig = await project([{ git: ['mv', 'readme.txt', 'README.txt'] }], {
      files: { 'readme.txt': 'text\n' },
    });
    await expectAllLanded(rig);
    expect(await rig.filesOf('HEAD')).toEqual(['B.txt', 'README.md', 'README.txt']);
    expect(rig.read('README.txt')).toBe('text\n');
    expect(existsSync(join(rig.checkout, 'readme.txt'))).toBe(false);
  });

  test('a link that leads out of the tree lands as a link, and nobody follows it', async () => {
    await using rig = await project([{ symlink: { secrets: '/etc/passwd', up: '../../..' } }]);
    await expectAllLanded(rig);
    expect(await rig.git('ls-tree', 'HEAD', 'secrets', 'up')).toMatch(
      /^120000 blob.*\n120000 blob/,
    );
  });

  test('names of 255 bytes, of bytes that are no UTF-8, and deep folders land', async () => {
    const long = 'n'.repeat(251) + '.txt';
    const deep = `${'d'.repeat(100)}/`.repeat(8) + 'leaf.txt';
    await using rig = await project([
      { write: { [long]: 'long\n', [deep]: 'deep\n' } },
      { shell: 'printf odd > "$(printf \'caf\\351.txt\')"' },
    ]);
    await expectAllLanded(rig);
    expect(rig.read(long)).toBe('long\n');
    expect(rig.read(deep)).toBe('deep\n');
    expect(await rig.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain('caf\\351.txt');
  });

  test('a file of 50 MB lands', async () => {
    await using rig = await project([
      { shell: 'head -c 52428800 /dev/urandom > big.bin && sha256sum < big.bin > big.sum' },
    ]);
    await expectAllLanded(rig);
    expect(statSync(join(rig.checkout, 'big.bin')).size).toBe(52_428_800);
    const { stdout } = await rig.shell('sha256sum < big.bin');
    expect(stdout).toBe(rig.read('big.sum'));
  });

  test('commits that change nothing are no work', async () => {
    await using rig = await project([
      { git: ['commit', '--quiet', '--allow-empty', '--message', 'done, trust me'] },
    ]);
    const { code, summary } = await rig.stream();
    expect([code, summary.deferred.map(({ id, code: why }) => [id, why])]).toEqual([
      1,
      [['A', 'agent/no-work']],
    ]);
  });
});

describe('an agent that does harm', () => {
  test('what it writes into the user’s checkout is not contained, as docs/limits.md says, but never landed or undone', async () => {
    await using rig = await project([], { files: { 'mine.txt': 'mine\n' } });
    await rig.script({
      A: [
        { shell: `echo theirs > "${join(rig.checkout, 'mine.txt')}"` },
        { write: { 'A.txt': 'A\n' } },
      ],
      B: [{ write: { 'B.txt': 'B\n' } }],
    });
    const { code } = await rig.stream();
    expect(code).toBe(0);
    expect(await rig.git('show', 'HEAD:mine.txt')).toBe('mine');
    expect(rig.read('mine.txt')).toBe('theirs\n');
    expect(readFileSync('docs/limits.md', 'utf8')).toContain('Files outside the lane');
  });

  test('one whose children start children for as long as they live is ended with all of them', async () => {
    // Each lives 50 ms and starts the next in a session of its own; after 200 it would end by itself.
    const brood =
      'n=$1; [ "$n" -gt 0 ] || exit 0; setsid sh "$0" $((n - 1)) & setsid sh "$0" 0 & sleep 0.05';
    await using rig = await project([]);
    await rig.script({
      A: [
        { write: { 'A.txt': 'A\n', 'brood.sh': brood } },
        { shell: 'setsid sh brood.sh 200 > /dev/null 2>&1 &' },
      ],
      B: [{ write: { 'B.txt': 'B\n' } }],
    });
    const { code } = await rig.stream();
    expect(code).toBe(0);
    expect(rig.processes()).toEqual([]);
  });
});
