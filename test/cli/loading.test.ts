import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { home } from './sage.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sage-loading-'));
  for (const part of ['bin', 'dist/bundle', 'package.json', 'templates']) {
    cpSync(join(home, part), join(root, 'program', part), { recursive: true });
  }
  await mkdir(join(root, 'project/.sage/tickets'), { recursive: true });
  await writeFile(
    join(root, 'project/.sage/tickets/index.json'),
    JSON.stringify({ tickets: [{ id: 'T-1', title: 'größer, 大きい', state: 'UNPROCESSED' }] }),
  );
  const git = (...args: string[]) => execFileSync('git', args, { cwd: join(root, 'project') });
  git('init', '-q');
  git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'one');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Calls the program with more flags of node before it, and more variables. */
const run = (
  call: readonly string[],
  flags: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...flags, join(root, 'program/bin/sage'), ...call],
    {
      cwd: join(root, 'project'),
      env: { PATH: process.env['PATH'], HOME: root, ...variables },
      encoding: 'utf8',
    },
  );
  return { stdout, stderr, status };
};
const preview = (...flags: readonly string[]) => run(['stream', '--dry-run'], flags);

/** Which modules of node a call loaded, and which commands of git it started. */
async function witnessed(call: string) {
  const [bin, loaded, started] = ['bin', 'loaded', 'started'].map((name) => join(root, name));
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  await mkdir(bin!, { recursive: true });
  await writeFile(join(bin!, 'git'), `#!/bin/sh\necho "$1" >> '${started}'\nexec '${git}' "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(started!, '');
  await writeFile(
    join(root, 'witness.cjs'),
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(loaded)}, process.moduleLoadList.join('\\n')));`,
  );
  run(call.split(' '), ['--require', join(root, 'witness.cjs')], {
    PATH: `${bin}:${process.env['PATH']}`,
  });
  return {
    loaded: linesOf(loaded!).map((line) => line.replace('NativeModule ', '')),
    started: linesOf(started!),
  };
}
const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);

const IDENTITY = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'A'],
    [`GIT_${who}_EMAIL`, 'a@b'],
  ]),
);

/** Modules of node that take milliseconds to load. */
const SLOW = ['child_process', 'crypto', 'module', 'v8', 'worker_threads', 'zlib'];

/** What the build compiled in advance, for the V8 that runs here. */
const compiled = () => {
  const bundle = join(root, 'program/dist/bundle');
  const [name, ...others] = readdirSync(bundle).filter((file) => file.includes('.v8-'));
  expect(others).toEqual([]);
  expect(name).toBe(`sage.parts.v8-${process.versions.v8}`);
  return join(bundle, name!);
};

describe('the built program', () => {
  test('runs the same compiled in advance, without that, and with something broken in its place', () => {
    const usual = preview();
    expect(usual).toMatchObject({ status: 0, stderr: '' });
    expect(usual.stdout).toContain('größer, 大きい');
    const file = compiled();
    const whole = readFileSync(file);
    for (const broken of ['not what V8 wrote', '', whole.subarray(0, whole.length >> 1)]) {
      writeFileSync(file, broken);
      expect(preview()).toEqual(usual);
    }
    writeFileSync(file, whole);
    expect(preview('--no-opt')).toEqual(usual);
    rmSync(file);
    expect(preview()).toEqual(usual);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['--help', [], []],
    ['status', [], []],
    ['logs T-1', [], []],
    ['stop', [], []],
    ['cancel', [], []],
    ['pause', [], []],
    ['config', [], []],
    ['runs', ['child_process'], ['for-each-ref']],
    ['stream --dry-run', ['child_process', 'crypto', 'v8', 'zlib'], ['rev-parse', 'for-each-ref']],
  ])('%s loads and starts no more than it needs', async (call, slow, gits) => {
    const { loaded, started } = await witnessed(call);
    expect(loaded.filter((name) => SLOW.includes(name)).sort()).toEqual(slow);
    expect(started).toEqual(gits);
  });

  test('what looks back on a run starts no git; its list asks twice', async () => {
    await writeFile(
      join(root, 'project/.sage/config.yaml'),
      JSON.stringify({
        agent: 'one',
        agents: { one: { kind: 'command', command: ['sh', '-c', 'echo made > made.txt'] } },
        verify: 'none',
      }),
    );
    expect(run(['stream', '--auto'], [], IDENTITY)).toMatchObject({ status: 0 });
    expect((await witnessed('status')).started).toEqual([]);
    expect((await witnessed('logs T-1')).started).toEqual([]);
    expect((await witnessed('runs')).started).toEqual(['for-each-ref', 'rev-list']);
  });
});
