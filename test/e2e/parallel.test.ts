import { describe, expect, test } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { mostAtOnce } from '../rig/calls.js';
import { Rig } from '../rig/rig.js';

const tickets = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ id: `T-${index + 1}`, ...more }));

describe('agents side by side', () => {
  test.each([1, 2, 3, 8])(
    '001-1.3 001-3.1 002-1.1 002-3.1 002-5.1 002-18.1 --parallel=%i has exactly so many agents alive at once, each ticket once',
    async (slots) => {
      await using rig = await Rig.create();
      await rig.tickets(tickets(slots + 2));
      await rig.config();
      const run = rig.start('stream', '--auto', '--json', `--parallel=${slots}`);
      const calls = [];
      for (let taken = 0; taken < slots; taken += 1) calls.push(await rig.agent.next());
      // All of them live now, in folders of their own, and nobody else was called.
      expect(new Set(calls.map(({ hello }) => hello.pid)).size).toBe(slots);
      expect(new Set(calls.map(({ cwd }) => cwd)).size).toBe(slots);
      expect(rig.agent.running).toHaveLength(slots);
      expect(rig.agent.untaken).toEqual([]);
      rig.agent.serve((call) => call.succeed({ [`${call.ticket}.txt`]: 'x\n' }));
      for (const call of calls) await call.succeed({ [`${call.ticket}.txt`]: 'x\n' });
      expect((await run.wait()).code).toBe(0);
      expect(mostAtOnce(rig.calls())).toBe(slots);
      expect(
        rig
          .calls()
          .map(({ ticket }) => ticket)
          .sort(),
      ).toEqual(
        tickets(slots + 2)
          .map(({ id }) => id)
          .sort(),
      );
    },
  );

  test('002-1.2 002-5.2 002-13.4 002-18.2 --parallel=auto is half the CPUs, from 1 to 8', async () => {
    await using rig = await Rig.create();
    await rig.tickets(tickets(9));
    await rig.config();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const { summary } = await rig.stream('--parallel=auto');
    const half = Math.max(1, Math.min(8, Math.floor(availableParallelism() / 2)));
    expect(summary.slots).toMatchObject({ requested: 'auto', used: half });
    expect(summary.landed).toHaveLength(9);
  });

  test('002-5.3 there are never more agents than tickets that can run', async () => {
    await using rig = await Rig.create();
    await rig.tickets([...tickets(2), { id: 'T-3', dependencies: ['GHOST'] }]);
    await rig.config();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const { summary } = await rig.stream('--parallel=5');
    expect(summary.slots).toMatchObject({ requested: 5, used: 2 });
  });

  test('002-16.4 a ticket has one agent, however many sub-tasks and free slots there are', async () => {
    await using rig = await Rig.create();
    const step = (id: string) => ({
      id,
      type: 'generic',
      description: `Step ${id}`,
      status: 'UNPROCESSED',
    });
    await rig.tickets([{ id: 'T-1', tasks: [step('a'), step('b'), step('c')] }, { id: 'T-2' }]);
    await rig.config();
    await rig.script({ '*': [{ delay: 300 }, { write: { '{ticket}.txt': 'x\n' } }] });
    await rig.stream('--parallel=2');
    const calls = rig.calls().filter(({ ticket }) => ticket === 'T-1');
    expect(calls).toHaveLength(1);
    const order = ['Step a', 'Step b', 'Step c'].map((text) => calls[0]!.prompt.indexOf(text));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  test('002-3.2 what happens is told while it happens', async () => {
    await using rig = await Rig.create();
    await rig.tickets(tickets(2));
    await rig.config();
    const run = rig.start('stream', '--auto', '--parallel=2');
    const first = await rig.agent.for('T-1');
    const second = await rig.agent.for('T-2');
    await run.says('[T-2] started');
    await first.succeed({ 'a.txt': 'a\n' });
    await run.says(/\[T-1\] landed/);
    expect(second.isOver).toBe(false);
    await second.succeed({ 'b.txt': 'b\n' });
    expect((await run.wait()).stdout).toMatch(/\[T-2\] landed/);
  });
});
