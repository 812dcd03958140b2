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
  for (const part of ['bin', 'dist/bundle', 'package.json']) {
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

const preview = (...args: readonly string[]) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...args, join(root, 'program/bin/sage'), 'stream', '--dry-run'],
    {
      cwd: join(root, 'project'),
      env: { PATH: process.env['PATH'], HOME: root },
      encoding: 'utf8',
    },
  );
  return { stdout, stderr, status };
};
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
});
