import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeOfBase, judgeOfCandidate } from '../../lib/checks/judge.js';
import type { KnownFailures } from '../../lib/model/work.js';
import type { ProcessEnd } from '../../lib/process/process-spec.js';
import { createCheckWorld, type CheckWorld } from './world.js';

let world: CheckWorld;
let log: string;
beforeEach(async () => {
  world = await createCheckWorld();
  log = join(world.root, 'log');
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const ended = (end: ProcessEnd['end']): ProcessEnd => ({
  ...{ end, ms: 1, outputBytes: 1, logHash: '', tail: '', leftBehind: [] },
});
const exited = (code: number) => ended({ kind: 'exited', code });

/** A judge that is shown tries: what was printed, and how it ended. */
const shown =
  (judge: ReturnType<typeof judgeOfBase>) =>
  async (output: string, end: ProcessEnd | number = 1) => {
    await writeFile(log, output);
    return judge(log, typeof end === 'number' ? exited(end) : end);
  };

const mocha = (...names: string[]) =>
  `\n  1 passing (5ms)\n  ${names.length} failing\n\n${names
    .map((name, at) => `  ${at + 1}) ${name}:\n     Error: no\n\n`)
    .join('')}`;

describe('the judge of a base', () => {
  test('knows what fails in both tries, and says how much else failed in one', async () => {
    const judge = shown(judgeOfBase([]));
    expect(await judge('FAIL a\nFAIL b\n')).toMatchObject({ isExcused: false });
    expect(await judge('FAIL a\nFAIL c\n')).toEqual({
      isExcused: true,
      known: ['a'],
      lines: 2,
      notes: ['1 more failed in one of two tries only'],
    });
  });

  test.each([
    ['FAIL a\n', 1, 'FAIL a\n', 2, 'another exit code'],
    ['FAIL a\n', 1, 'FAIL b\n', 1, 'other failures came'],
    ['FAIL a\n', 1, 'boom\n', 1, 'no failing test'],
    ['boom\n', 1, 'FAIL a\n', 1, 'no failing test'],
    ['FAIL a\n', 139, 'FAIL a\n', 139, 'not run to its end'],
  ])('%j (%d), then %j (%d) is not excused: %s', async (one, first, other, second, why) => {
    const judge = shown(judgeOfBase([]));
    await judge(one, first);
    const opinion = await judge(other, second);
    expect([opinion.isExcused, opinion.unnamed]).toEqual([false, expect.stringContaining(why)]);
  });
});

describe('the judge of a candidate', () => {
  const baseline: KnownFailures = { command: 'c', exitCode: 1, failures: ['a', 'b'], lines: 5 };

  test('excuses what is known, also less of it, and nothing else', async () => {
    const judge = () => shown(judgeOfCandidate([], baseline));
    const all = 'ok 1\nok 2\nFAIL a\nFAIL b\nok 3\n';
    expect(await judge()(all)).toMatchObject({ isExcused: true, known: ['a', 'b'] });
    expect(await judge()(all.replace('FAIL b\n', ''))).toMatchObject({
      isExcused: true,
      known: ['a'],
    });
    expect(await judge()(`${all}FAIL c\n`)).toMatchObject({ isExcused: false, added: ['c'] });
    expect((await judge()('FAIL a\nFAIL b\n')).unnamed).toContain('shorter than the base');
    expect((await judge()(all, 2)).unnamed).toContain('on the base it ended with 1');
    expect((await judge()(all, ended({ kind: 'signalled', signal: 'SIGKILL' }))).unnamed).toContain(
      'did not end by itself',
    );
    expect((await judge()('boom\n')).unnamed).toContain('no failing test');
  });

  test('a try that did worse before makes it flaky', async () => {
    const judge = shown(judgeOfCandidate([], { ...baseline, lines: 1 }));
    expect(await judge('FAIL a\nFAIL c\n')).toMatchObject({ isExcused: false, added: ['c'] });
    expect(await judge('FAIL a\n')).toMatchObject({ isExcused: true, isFlaky: true });
  });

  test('an exit code that is the number of failures may shrink with them', async () => {
    const counted: KnownFailures = { command: 'c', exitCode: 2, failures: ['a', 'b'] };
    const judge = () => shown(judgeOfCandidate([], counted));
    expect(await judge()(mocha('a'), 1)).toMatchObject({ isExcused: true, known: ['a'] });
    expect(await judge()(mocha('a'), 3)).toMatchObject({ isExcused: false });
  });

  test('without a baseline it names what fails and excuses nothing', async () => {
    const judge = shown(judgeOfCandidate([], undefined));
    expect(await judge('FAIL a\n')).toMatchObject({ isExcused: false, added: ['a'] });
  });
});
