import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { killTree } from '../../lib/process/kill-tree.js';
import { parseLimits } from '../../lib/process/limit-mark.js';
import type { ProcessEntry, ProcessTable } from '../../lib/process/process-entry.js';
import { isBelow, isLimitBelow, limitOf } from '../../lib/process/marker.js';
import { parsePs } from '../../lib/process/process-table-ps.js';
import { identify, isAlive, readProcessTable } from '../../lib/process/process-table.js';
import { findTree } from '../../lib/process/process-tree.js';
import { findMarked, sweepMarker, sweepOwn } from '../../lib/process/sweep.js';
import { Hostile, isRunning } from './hostile.js';

type Row = Partial<Omit<ProcessEntry, 'pid'>> & { readonly marker?: string };

function table(rows: Readonly<Record<number, Row>>): ProcessTable {
  const entries = new Map(
    Object.entries(rows).map(([key, row]) => {
      const pid = Number(key);
      const entry = { parent: 1, group: pid, session: pid, started: '5', name: 'x', ...row, pid };
      return [pid, entry];
    }),
  );
  return { entries, isMarked: ({ pid }, marker) => isBelow(rows[pid]?.marker, marker) };
}
const pidsOf = (entries: readonly ProcessEntry[]) => entries.map(({ pid }) => pid).sort();

describe('finding a tree', () => {
  test('children, sessions and groups of it belong to it, whatever happened to their parents', () => {
    const found = findTree(
      table({
        10_000: {},
        10_001: { parent: 10_000, group: 10_000, session: 10_000 },
        10_002: { parent: 1, group: 10_000, session: 10_000 },
        10_003: { parent: 10_002 },
        10_004: { parent: 1, group: 10_004, session: 10_003 },
        10_005: {},
      }),
      { known: [{ pid: 10_000, started: '5' }] },
    );
    expect(pidsOf(found)).toEqual([10_000, 10_001, 10_002, 10_003, 10_004]);
  });

  test('what is left of the session of a dead leader belongs to it', () => {
    const found = findTree(table({ 10_001: { session: 10_000, group: 10_001 }, 10_002: {} }), {
      known: [{ pid: 10_000, started: '5' }],
    });
    expect(pidsOf(found)).toEqual([10_001]);
  });

  test('a later process with the pid of a known one is left alone, and its session, too', () => {
    const found = findTree(
      table({ 10_000: { started: '9' }, 10_001: { parent: 10_000, session: 10_000 } }),
      { known: [{ pid: 10_000, started: '5' }] },
    );
    expect(found).toEqual([]);
  });

  test('markers match by whole parts', () => {
    const rows = {
      10_000: { marker: 'run/T-1/1' },
      10_001: { marker: 'run/T-1/10' },
      10_002: { marker: 'run/T-10/1' },
      10_003: { marker: 'run2/T-1/1' },
    };
    const marked = (marker: string) => pidsOf(findTree(table(rows), { known: [], marker }));
    expect(marked('run/T-1/1')).toEqual([10_000]);
    expect(marked('run/T-1')).toEqual([10_000, 10_001]);
    expect(marked('run')).toEqual([10_000, 10_001, 10_002]);
  });

  test('this process and those above it are spared, and so is what only they lead to', () => {
    const found = findTree(
      table({
        [process.ppid]: { marker: 'run' },
        [process.pid]: { marker: 'run', parent: process.ppid },
        4_000_001: { parent: process.pid },
        4_000_002: { parent: process.pid, marker: 'run/T-1' },
      }),
      { known: [], marker: 'run' },
    );
    expect(pidsOf(found)).toEqual([4_000_002]);
  });

  test('the answer of ps on macOS is understood', () => {
    const read = parsePs(
      [
        '    1     0     1 Ss   Mon Nov  3 08:00:00 2025     /sbin/launchd',
        '  501     1   501 Ss   Fri Nov 21 08:15:00 2025     /Applications/My Tool.app/my tool',
        '  502   501   501 Z    Fri Nov 21 08:15:01 2025     (node)',
      ].join('\n'),
      '  501 /bin/tool SAGE_MARKER=no arg PATH=/bin SAGE_MARKER=run/T-1/1 HOME=/Users/x\n',
    );
    expect([...read.entries.keys()]).toEqual([1, 501]);
    const tool = read.entries.get(501)!;
    expect(tool).toEqual({
      pid: 501,
      parent: 1,
      group: 501,
      session: 501,
      started: 'Fri Nov 21 08:15:00 2025',
      name: 'my tool',
    });
    expect(read.isMarked(tool, 'run/T-1/1')).toBe(true);
    expect(read.isMarked(tool, 'no')).toBe(false);
  });
});

describe('a marker as a limit', () => {
  test('a limit is told by its whole marker, its first part and its first two', () => {
    const limit = limitOf('run/T-1/2/x');
    for (const prefix of ['run', 'run/T-1', 'run/T-1/2/x']) {
      expect(isLimitBelow(limit, prefix)).toBe(true);
    }
    for (const prefix of ['run2', 'run/T-10', 'ru', 'run/T-1/2', 'run/T-1/2/x/y', 'run2/T-1/2/x']) {
      expect(isLimitBelow(limit, prefix)).toBe(false);
    }
  });

  test('no limit that anybody would set is a marker’s', () => {
    for (const limit of [0n, 1n, 1n << 40n, (1n << 62n) - 1n, 1n << 63n, (1n << 64n) - 1n]) {
      expect(isLimitBelow(limit, 'run')).toBe(false);
    }
    expect(limitOf('run/T-1/1')).toBeGreaterThanOrEqual(1n << 62n);
    expect(limitOf('run/T-1/1')).toBeLessThan(1n << 63n);
  });

  test('the hard limits are read from the system’s table', () => {
    const text = [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      'Max file size             7                    4611686018427387905  bytes     ',
      'Max resident set          unlimited            unlimited            bytes     ',
    ].join('\n');
    expect(parseLimits(text)).toEqual([4611686018427387905n]);
    expect(parseLimits('')).toEqual([]);
  });
});

describe('real processes', () => {
  let hostile: Hostile;
  beforeEach(() => {
    hostile = new Hostile();
  });
  afterEach(() => hostile.clean());

  const sleeper = (marker: string) => {
    const child = spawn('sleep', ['100'], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], FILLER: 'x'.repeat(100_000), SAGE_MARKER: marker },
    });
    return { pid: child.pid!, exits: once(child, 'exit') };
  };

  test('a sweep ends what carries the marker, and only that', async () => {
    const [one, two] = [sleeper(`${hostile.marker}/T-1/1`), sleeper(`${hostile.marker}/T-2/1`)];
    expect(pidsOf(await findMarked(hostile.marker))).toEqual([one.pid, two.pid].sort());
    const { found, survivors } = await sweepMarker(`${hostile.marker}/T-1`);
    expect(pidsOf(found)).toEqual([one.pid]);
    expect(survivors).toEqual([]);
    await one.exits;
    expect(isRunning(two.pid)).toBe(true);
    expect(pidsOf((await sweepMarker(hostile.marker)).found)).toEqual([two.pid]);
    await two.exits;
    expect((await sweepMarker(hostile.marker)).found).toEqual([]);
  });

  test('a sweep of this process’s own marker leaves out what is older than it', async () => {
    const one = sleeper(`${hostile.marker}/T-1/1`);
    const { started } = await identify(one.pid);
    const entries = async (since: string) => [...(await readProcessTable(since)).entries.keys()];
    expect(await entries(started)).toContain(one.pid);
    expect(await entries(started)).not.toContain(process.ppid);
    expect(await entries(String(Number(started) + 1))).not.toContain(one.pid);
    // What was left out once is there again for who asks for it.
    expect(await entries(started)).toContain(one.pid);
    expect(pidsOf((await sweepOwn(hostile.marker)).found)).toEqual([one.pid]);
    await one.exits;
  });

  test('a pid whose start time does not match is never signalled', async () => {
    const one = sleeper('nobody');
    const { started } = await identify(one.pid);
    const stale = { pid: one.pid, started: String(Number(started) - 1) };
    expect(isAlive(stale)).toBe(false);
    expect((await killTree({ known: [stale] }, { graceMs: 10 })).found).toEqual([]);
    expect(isRunning(one.pid)).toBe(true);
    expect((await killTree({ known: [{ pid: one.pid, started }] }, { graceMs: 10 })).found).toEqual(
      [expect.objectContaining({ pid: one.pid, name: 'sleep' })],
    );
    await one.exits;
  });

  test('a scan sees this very process and costs little', async () => {
    const before = performance.now();
    const { entries } = await readProcessTable();
    const ms = performance.now() - before;
    expect(entries.get(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(ms).toBeLessThan(200 + entries.size);
  });
});
