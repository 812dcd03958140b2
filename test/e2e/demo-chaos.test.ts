import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../rig/read-journal.js';
import { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

/** A demo takes about twenty seconds of its own, each kill a few more; a busy machine several times that. */
const RUN_MS = 240_000;
const TEST_MS = 300_000;

/** The marks before the proofs, in order. */
const marks = (stdout: string) => stdout.match(/^ {2}[✓✗]/gm)?.map((mark) => mark.trim()) ?? [];

describe('sage demo --chaos', () => {
  test(
    '002-7.4 002-19.1 is killed again and again, goes on each time, and proves that nothing came of it',
    async () => {
      await using rig = await Rig.create();
      const { code, stdout, stderr } = await rig
        .start('demo', '--chaos', '--kills=4', '--seed=11', '--rm')
        .wait(RUN_MS);
      expect([stderr, stdout.match(/^ *✗.*\n(^ {6}.*\n)*/gm)]).toEqual(['', null]);
      expect(stdout.match(/^ +\d.* \(record \d+\): killed .*sage/gm)).toHaveLength(4);
      expect(stdout).toContain('(seed 11)');
      expect(stdout).toContain('4 kills, 5 starts');
      expect(marks(stdout)).toEqual(Array.from({ length: 8 }, () => '✓'));
      expect(stdout).toContain('11 tickets landed, each exactly once');
      expect(code).toBe(0);
      expect(readdirSync(rig.places.tmp)).toEqual([]);
    },
    TEST_MS,
  );

  test(
    'a landing that is planted between the end of the run and the proofs makes it end with 1 and keeps the folder',
    async () => {
      await using rig = await Rig.create();
      const chaos = rig.start('demo', '--chaos', '--kills=1', '--seed=5', '--rm');
      const folder = await until(
        () => readdirSync(rig.places.tmp).map((name) => join(rig.places.tmp, name))[0],
        RUN_MS,
        () => 'no folder',
      );
      const repository = join(folder, 'textstat');
      const wrote = (type: string) =>
        until(
          () => readJournal(join(repository, '.git')).find((event) => event.type === type),
          RUN_MS,
          () => `no ${type}`,
        );
      await wrote('run.resumed');
      // Its only kill is done: held, it leaves the run alone until that has ended.
      chaos.signal('SIGSTOP');
      await wrote('run.finished');
      const others = () => rig.processes().filter(({ pid }) => pid !== chaos.pid);
      await until(
        () => (others().length === 0 ? true : undefined),
        RUN_MS,
        () => 'the run lives',
      );
      const [planned] = readJournal(join(repository, '.git'));
      const run = planned?.type === 'run.planned' ? planned.run : '';
      execFileSync(
        'git',
        ['commit', '-q', '--allow-empty', '-m', 'again', '-m', `Land-Id: ${run}/TEXT-002`],
        { cwd: repository, env: rig.env },
      );
      chaos.signal('SIGCONT');
      const { code, stdout } = await chaos.wait(RUN_MS);
      expect(stdout).toMatch(/^ {2}✗ 11 tickets landed.*\n {6}TEXT-002 landed 2 times$/m);
      expect(stdout).toContain(`Not everything holds; the folder is kept: ${folder} (seed 5)`);
      expect(code).toBe(1);
      expect(readdirSync(rig.places.tmp)).toHaveLength(1);
      rmSync(folder, { recursive: true });
    },
    TEST_MS,
  );

  test('its numbers are whole ones, and go with --chaos only', async () => {
    await using rig = await Rig.create();
    const odd = await rig.run('demo', '--chaos', '--seed=x', '--kills=-1');
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('--seed cannot be "x"')]);
    expect(odd.stderr).toContain('--kills cannot be "-1"');
    const calm = await rig.run('demo', '--kills=3');
    expect([calm.code, calm.stderr]).toEqual([2, expect.stringContaining('goes with --chaos')]);
    expect(readdirSync(rig.places.tmp)).toEqual([]);
  });
});
