import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { limitMarking, parseLimits } from '../../lib/process/limit-mark.js';
import { limitOf } from '../../lib/process/marker.js';
import { Hostile, isRunning } from './hostile.js';

const library = new URL('../../lib/process/', import.meta.url).href;

let hostile: Hostile;
beforeEach(() => {
  hostile = new Hostile();
});
afterEach(() => hostile.clean());

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('a program that behaves', () => {
  test('its exit code, the lines of each output, both in the log, and the hash of the log', async () => {
    const lines: string[] = [];
    const errors: string[] = [];
    const end = await hostile.sh('echo one; echo two >&2; printf three; exit 3', {
      onLine: (line) => lines.push(line),
      onErrorLine: (line) => errors.push(line),
    });
    expect(end.end).toEqual({ kind: 'exited', code: 3 });
    expect([lines, errors]).toEqual([['one', 'three'], ['two']]);
    const log = readFileSync(hostile.log, 'utf8');
    for (const word of ['one\n', 'two\n', 'three']) expect(log).toContain(word);
    expect(log).toHaveLength(13);
    expect(end.outputBytes).toBe(13);
    expect(end.logHash).toBe(hashOf(hostile.log));
    expect(end.leftBehind).toEqual([]);
    expect(end.survivors).toBeUndefined();
  });

  test('it gets exactly the environment it was given, and its marker', async () => {
    const end = await hostile.run({ file: '/usr/bin/env', env: { ONLY: 'this' } });
    expect(end.tail.trim().split('\n').sort()).toEqual([
      'ONLY=this',
      `SAGE_MARKER=${hostile.marker}/T-1/1`,
    ]);
  });

  test('its input is written and closed, however long', async () => {
    const end = await hostile.sh('wc -c', { input: 'x'.repeat(300_000) });
    expect(end.tail.trim()).toBe('300000');
  });

  test('a program that never reads its input ends as it likes', async () => {
    const end = await hostile.run({ file: 'true', input: 'x'.repeat(3_000_000) });
    expect(end.end).toEqual({ kind: 'exited', code: 0 });
  });

  test('without input it reads the end of a file at once', async () => {
    expect((await hostile.sh('cat; echo over')).tail).toBe('over\n');
  });

  test('the tail has no control characters', async () => {
    const end = await hostile.sh(
      String.raw`printf 'a\033[31mred\033[0m\033]0;title\007b\000\010c\r\nnext\033c\302\233 1;2H'`,
    );
    expect(end.tail).toBe('aredbc\nnext 1;2H');
  });

  test('one that was killed by somebody else is told by its signal', async () => {
    expect((await hostile.sh('kill -9 $$')).end).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });

  test('an error in a listener is thrown, after the program ended', async () => {
    const bug = () => {
      throw new Error('a bug of ours');
    };
    await expect(hostile.sh('echo line; echo done > "$D/done"', { onLine: bug })).rejects.toThrow(
      'a bug of ours',
    );
    expect(hostile.text('done')).toBe('done\n');
  });
});

describe('a program that cannot be started', () => {
  test.each([
    ['does not exist', { file: 'sage-no-such-program' }, /ENOENT/],
    ['has a folder that does not exist', { file: 'true', cwd: '/sage/nowhere' }, /\/sage\/nowhere/],
    ['has arguments that are too long', { file: 'true', args: ['x'.repeat(200_000)] }, /E2BIG/],
  ])('one that %s is told as not started', async (_, spec, why) => {
    const { end, tail } = await hostile.run(spec);
    expect(end).toEqual({ kind: 'not-started' });
    expect(tail).toMatch(why);
  });

  test('one that is not executable', async () => {
    const file = hostile.write('plain.txt', 'text');
    chmodSync(file, 0o644);
    const { end, tail } = await hostile.run({ file });
    expect(end).toEqual({ kind: 'not-started' });
    expect(tail).toMatch(/EACCES/);
  });

  test('one whose interpreter does not exist', async () => {
    const file = hostile.write('lost.txt', '#!/sage/no/interpreter\n');
    chmodSync(file, 0o755);
    const { end, tail } = await hostile.run({ file });
    expect(end).toEqual({ kind: 'not-started' });
    expect(tail).toMatch(/ENOENT/);
  });

  test('one whose log cannot be written', async () => {
    mkdirSync(hostile.log, { recursive: true });
    const { end, tail } = await hostile.run({ file: 'true' });
    expect(end).toEqual({ kind: 'not-started' });
    expect(tail).toMatch(/log cannot be written.*EISDIR/);
  });

  test('one that was cancelled before is not started', async () => {
    const { end } = await hostile.sh('echo > "$D/started"', { cancel: AbortSignal.abort() });
    expect(end).toEqual({ kind: 'cancelled' });
    expect(existsSync(join(hostile.folder, 'started'))).toBe(false);
  });
});

describe('a program that must be ended', () => {
  test('one that is cancelled while it is being started is ended', async () => {
    const cancel = new AbortController();
    const running = hostile.sh('sleep 100', { cancel: cancel.signal });
    cancel.abort();
    expect((await running).end).toEqual({ kind: 'cancelled' });
  });

  test('one that works too long is ended', async () => {
    const { end } = await hostile.sh('while :; do echo busy; sleep 0.02; done', { limitMs: 200 });
    expect(end).toEqual({ kind: 'timed-out', limitMs: 200 });
  });

  test('one that is silent is ended, one that prints now and then is not', async () => {
    const silent = await hostile.sh('echo begin; sleep 100', { silenceMs: 300 });
    expect(silent.end).toEqual({ kind: 'silent', limitMs: 300 });
    const slow = await hostile.sh('for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.1; done', {
      silenceMs: 400,
    });
    expect(slow.end).toEqual({ kind: 'exited', code: 0 });
  });

  test('the polite signal is the one that was asked for, and what it prints then is kept', async () => {
    const cancel = new AbortController();
    const { end, tail } = await hostile.sh(
      `trap 'echo interrupted; exit 0' INT; echo ready; while :; do sleep 0.02; done`,
      {
        cancel: cancel.signal,
        politeSignal: 'SIGINT',
        onLine: () => cancel.abort(),
      },
    );
    expect(end).toEqual({ kind: 'cancelled' });
    expect(tail).toBe('ready\ninterrupted\n');
  });

  test('one that ignores the polite signal is killed after the grace', async () => {
    const { end, leftBehind } = await hostile.sh(
      `trap '' TERM; echo $$ > "$D/pids"; while :; do sleep 0.1; done`,
      { limitMs: 200, graceMs: 200 },
    );
    expect(end.kind).toBe('timed-out');
    expect(leftBehind).toEqual([]);
    expect((await hostile.pids(1)).filter(isRunning)).toEqual([]);
  });

  test('002-7.1 grandchildren in sessions of their own, with and without its environment, die with it', async () => {
    const stubborn = hostile.write(
      'stubborn.sh',
      `trap '' TERM INT HUP; echo $$ >> "$1/pids"; while :; do sleep 0.1; done`,
    );
    const { end } = await hostile.sh(
      `setsid sh ${stubborn} "$D" &
       env -i setsid sh ${stubborn} "$D" &
       sh -c 'setsid sh ${stubborn} "$D" & ' &
       sh ${stubborn} "$D"`,
      { limitMs: 600, graceMs: 200 },
    );
    expect(end.kind).toBe('timed-out');
    const pids = await hostile.pids(4);
    expect(pids).toHaveLength(4);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('one that keeps moving on into new sessions is caught', async () => {
    const hopper = hostile.write(
      'hopper.sh',
      `[ "$1" -lt 200 ] || exit 0; echo $$ >> "$D/pids"; sleep 0.02; setsid sh "$0" $(($1 + 1)) & exit 0`,
    );
    const { end, survivors } = await hostile.sh(`sh ${hopper} 0 & sleep 100`, {
      limitMs: 300,
      graceMs: 50,
    });
    expect(end.kind).toBe('timed-out');
    expect(survivors).toBeUndefined();
    const pids = await hostile.pids(3);
    expect(pids.length).toBeLessThan(200);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});

describe('a program that leaves something behind', () => {
  test('it ends when it exits although a grandchild holds its output open', async () => {
    const startedAt = performance.now();
    const end = await hostile.sh('sleep 100 & echo $! > "$D/pids"; echo over');
    expect(end.end).toEqual({ kind: 'exited', code: 0 });
    expect(end.tail).toBe('over\n');
    const [pid] = await hostile.pids(1);
    expect(end.leftBehind).toEqual([expect.stringMatching(new RegExp(`^${pid} (sleep|sh)$`))]);
    expect(isRunning(pid!)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('what it left in a session of its own is ended, too', async () => {
    const stubborn = hostile.write(
      'stubborn.sh',
      `trap '' TERM; echo $$ >> "$1/pids"; while :; do sleep 0.1; done`,
    );
    const end = await hostile.sh(
      `setsid sh ${stubborn} "$D" & until [ -s "$D/pids" ]; do sleep 0.02; done`,
      { graceMs: 200 },
    );
    expect(end.end).toEqual({ kind: 'exited', code: 0 });
    const pids = await hostile.pids(1);
    expect(end.leftBehind.join()).toContain(String(pids[0]));
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('what left its session, its parent and its environment before the end is ended where a limit can mark it', async () => {
    const lost = hostile.write('lost.sh', `trap '' TERM; cd /; echo $$ >> "$1/pids"; sleep 100`);
    const end = await hostile.sh(
      `sh -c 'env -i setsid sh ${lost} "$D" >/dev/null 2>&1 </dev/null &'
       until [ -s "$D/pids" ]; do sleep 0.02; done`,
      { graceMs: 200 },
    );
    expect(end.end).toEqual({ kind: 'exited', code: 0 });
    const [pid] = await hostile.pids(1);
    const canMark = (await limitMarking()) !== undefined;
    expect(isRunning(pid!)).toBe(!canMark);
    expect(end.leftBehind.length > 0).toBe(canMark);
  });

  test('an open output of a process that nobody can find does not hold it up', async () => {
    // It sheds the limits that mark it, too.
    const lost = hostile.write(
      'lost.sh',
      `ulimit -m 1000000; ulimit -f 1000000; echo $$ >> "$1/pids"; sleep 30`,
    );
    const end = await hostile.sh(
      `sh -c 'env -i setsid sh ${lost} "$D" &'; until [ -s "$D/pids" ]; do sleep 0.02; done; echo over`,
    );
    expect(end.end).toEqual({ kind: 'exited', code: 0 });
    expect(end.tail).toBe('over\n');
    expect((await hostile.pids(1)).map(isRunning)).toEqual([true]);
  });

  test('what a program inside another one starts is told by both', async () => {
    const inner = hostile.write(
      'inner.mjs',
      `import { createRunProcess } from '${library}run-process.js';
       import { limitMarking } from '${library}limit-mark.js';
       const clock = { now: () => Date.now(), monotonic: () => performance.now() };
       await createRunProcess({ clock })({
         file: 'cat', args: ['/proc/self/limits'], cwd: '/', env: { PATH: process.env.PATH },
         log: process.env.D + '/limits', marker: 'inner/T-9/1',
       });
       console.log((await limitMarking()) !== undefined);`,
    );
    const end = await hostile.run({ file: process.execPath, args: [inner] });
    const outer = limitOf(`${hostile.marker}/T-1/1`);
    const told = (await limitMarking()) ? [outer, limitOf('inner/T-9/1')] : [];
    expect(end.tail).toBe(`${told.length > 0}\n`);
    const ours = parseLimits(hostile.text('limits')).filter((limit) => told.includes(limit));
    expect(ours).toEqual(told);
  });
});

describe('a program that prints too much', () => {
  test('300 MB without a line end cost neither our memory nor the disk', async () => {
    const before = process.memoryUsage();
    const lines: string[] = [];
    const end = await hostile.sh('printf BEGIN; head -c 300000000 /dev/zero; printf END', {
      onLine: (line) => lines.push(line),
    });
    const after = process.memoryUsage();
    expect(end.end).toEqual({ kind: 'exited', code: 0 });
    expect(end.outputBytes).toBe(300_000_008);
    expect(lines.map((line) => line.length)).toEqual([1_048_576]);

    const note = '\n[sage: 279028488 bytes of output left out here]\n';
    const log = readFileSync(hostile.log);
    expect(log.length).toBe(20 * 1_048_576 + note.length);
    expect(log.subarray(0, 5).toString()).toBe('BEGIN');
    expect(log.subarray(16 * 1_048_576, 16 * 1_048_576 + note.length).toString()).toBe(note);
    expect(log.subarray(-3).toString()).toBe('END');
    expect(end.logHash).toBe(hashOf(hostile.log));
    expect(existsSync(`${hostile.log}.tail`)).toBe(false);
    expect(after.arrayBuffers + after.heapUsed).toBeLessThan(
      before.arrayBuffers + before.heapUsed + 40 * 1_048_576,
    );
  });

  test('up to 20 MiB nothing is left out', async () => {
    const end = await hostile.sh('seq 1 2400000');
    expect(statSync(hostile.log).size).toBe(end.outputBytes);
    expect(end.outputBytes).toBeGreaterThan(17_000_000);
    expect(readFileSync(hostile.log, 'utf8').endsWith('2399999\n2400000\n')).toBe(true);
    expect(end.logHash).toBe(hashOf(hostile.log));
  });
});
