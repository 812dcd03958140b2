import { describe, expect, test } from '@jest/globals';
import { mostAtOnce } from '../rig/calls.js';
import { Rig } from '../rig/rig.js';

const work = { '*': [{ delay: 100 }, { write: { '{ticket}.txt': '{ticket}\n' } }] };

describe('batches and landings', () => {
  test('002-3.4 002-12.2 --schedule=batch lands nothing while a batch works, and starts nothing before it landed', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'A' },
      { id: 'B' },
      { id: 'C' },
      { id: 'D', dependencies: ['A'] },
      { id: 'E', dependencies: ['B'] },
    ]);
    await rig.config();
    await rig.script(work);
    const { summary } = await rig.stream('--parallel=2', '--schedule=batch');
    expect(summary.landed).toHaveLength(5);
    // A, B and C are one batch though only two fit at once: its first landing comes after all three worked.
    const order = rig
      .journal()
      .filter(({ type }) => type === 'attempt.finished' || type === 'landing.landed')
      .map((event) => ('ticket' in event ? `${event.type.split('.')[0]} ${event.ticket}` : ''));
    expect(order.slice(0, 3).sort()).toEqual(['attempt A', 'attempt B', 'attempt C']);
    expect(order.slice(3, 6).sort()).toEqual(['landing A', 'landing B', 'landing C']);
    expect(order.slice(6, 8).sort()).toEqual(['attempt D', 'attempt E']);
    expect(order.slice(8).sort()).toEqual(['landing D', 'landing E']);
  });

  test('002-2.7 002-2.4 tickets that declare the same file are never in one batch nor at work together', async () => {
    await using rig = await Rig.create();
    const file = { path: 'src/api.js', action: 'modify', purpose: 'x' };
    await rig.tickets([
      { id: 'A', targetFiles: [file] },
      { id: 'B', targetFiles: [file] },
      { id: 'C' },
    ]);
    await rig.config();
    await rig.script(work);
    const { stdout } = await rig.run('stream', '--dry-run', '--auto', '--parallel=3', '--json');
    const { batches } = JSON.parse(stdout) as { batches: string[][] };
    expect(batches.find((batch) => batch.includes('A'))).not.toContain('B');
    const { summary } = await rig.stream('--parallel=3', '--schedule=batch');
    expect(summary.landed).toHaveLength(3);
    expect(mostAtOnce(rig.calls().filter(({ ticket }) => ticket !== 'C'))).toBe(1);
  });

  test('002-4.2 002-13.3 002-18.4 nine disjoint tickets land as nine commits in a line, one after the other, without a conflict', async () => {
    await using rig = await Rig.create();
    await rig.tickets(Array.from({ length: 9 }, (_, index) => ({ id: `N-${index + 1}` })));
    await rig.config();
    await rig.script(work);
    const { summary } = await rig.stream('--parallel=3');
    expect(summary.landed).toHaveLength(9);
    expect(rig.calls()).toHaveLength(9);
    const range = `${summary.base}..${summary.branch}`;
    const log = (await rig.git('log', '--reverse', '--format=%P|%H|%s|%ct', range))
      .split('\n')
      .map((line) => line.split('|'));
    const [, ...books] = log.slice(8);
    expect(books.every(([, , subject]) => subject!.startsWith('chore(tickets)'))).toBe(true);
    const ids = log.slice(0, 9).map(([, , subject]) => /#(N-\d)/.exec(subject!)?.[1]);
    expect([...ids].sort()).toEqual(summary.landed.map(({ id }) => id).sort());
    expect(log.map(([parents]) => parents)).toEqual([
      summary.base,
      ...log.slice(0, -1).map(([, commit]) => commit),
    ]);
    const times = log.map(([, , , time]) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // Every landing is over before the next one is begun.
    const landings = rig
      .journal()
      .map(({ type }) => type)
      .filter((type) => type === 'landing.moving' || type === 'landing.landed');
    expect(landings).toEqual(Array(9).fill(['landing.moving', 'landing.landed']).flat());
  });
});
