import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessEnd, RunProcess } from '../../lib/process/process-spec.js';
import { createRunProcess } from '../../lib/process/run-process.js';
import { watchPrograms } from '../../lib/run/left-programs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const spec = (marker: string, script: string) => ({
  file: 'sh',
  args: ['-c', script],
  cwd: folder,
  env: { PATH: process.env['PATH'] ?? '' },
  log: join(folder, 'log'),
  marker,
});

test('a program may be left as long as it runs, and is not once its tree is proven gone', async () => {
  const programs = watchPrograms(createRunProcess({ clock }));
  expect(programs.mayBeLeft('run/T-1')).toBe(false);
  const ended = programs.runProcess(spec('run/T-1/1', 'sleep 60 & exit 3'));
  expect(programs.mayBeLeft('run/T-1')).toBe(true);
  expect(programs.mayBeLeft('run')).toBe(true);
  expect(programs.mayBeLeft('run/T-10')).toBe(false);
  expect((await ended).end).toEqual({ kind: 'exited', code: 3 });
  expect(programs.mayBeLeft('run')).toBe(false);
});

test('what would not end, or broke while it was watched, has to be looked for', async () => {
  const survived = { survivors: ['7 stuck'] } as unknown as ProcessEnd;
  const stuck: RunProcess = () => Promise.resolve(survived);
  const programs = watchPrograms(stuck);
  await programs.runProcess(spec('run/T-1/1', ''));
  expect(programs.mayBeLeft('run/T-1')).toBe(true);

  const broken = watchPrograms(createRunProcess({ clock }));
  const onLine = () => {
    throw new Error('a bug in a listener');
  };
  await expect(broken.runProcess({ ...spec('run/T-1/1', 'echo x'), onLine })).rejects.toThrow(
    'a bug',
  );
  expect(broken.mayBeLeft('run/T-1')).toBe(true);
});
