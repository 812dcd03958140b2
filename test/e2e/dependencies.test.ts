import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

const work = { '*': [{ write: { '{ticket}.txt': '{ticket}\n' } }] };

describe('who may start when', () => {
  test('002-2.5 a dependency that does not exist blocks its ticket alone, and is named', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A-1', dependencies: ['GHOST-9'] }, { id: 'A-2' }]);
    await rig.config();
    await rig.script(work);
    const { summary, code } = await rig.stream('--parallel=2');
    expect(summary.landed.map(({ id }) => id)).toEqual(['A-2']);
    expect(summary.blocked).toEqual([{ id: 'A-1', by: ['GHOST-9'] }]);
    expect(code).toBe(1);
    expect(rig.states()).toEqual({ 'A-1': 'UNPROCESSED', 'A-2': 'COMPLETED' });
    const validate = await rig.run('validate');
    expect(validate.code).toBe(1);
    expect(`${validate.stdout}${validate.stderr}`).toContain('GHOST-9');
  });

  test('002-2.6 only COMPLETED satisfies: deferred, running and historical tickets block, and never run', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'DONE', state: 'COMPLETED' },
      { id: 'LATER', state: 'DEFERRED', defer_reason: 'no access' },
      { id: 'BUSY', state: 'IN_PROGRESS' },
      { id: 'LIGHT', type: 'lightweight' },
      { id: 'OLD', type: 'legacy' },
      ...['DONE', 'LATER', 'BUSY', 'LIGHT', 'OLD'].map((id) => ({
        id: `AFTER-${id}`,
        dependencies: [id],
      })),
    ]);
    await rig.config();
    await rig.script(work);
    const before = rig.states();
    const { summary } = await rig.stream('--parallel=3');
    expect(summary.landed.map(({ id }) => id)).toEqual(['AFTER-DONE']);
    expect(summary.blocked.map(({ id, by }) => [id, ...by])).toEqual([
      ['AFTER-LATER', 'LATER'],
      ['AFTER-BUSY', 'BUSY'],
      ['AFTER-LIGHT', 'LIGHT'],
      ['AFTER-OLD', 'OLD'],
    ]);
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['AFTER-DONE']);
    expect(rig.states()).toEqual({ ...before, 'AFTER-DONE': 'COMPLETED' });
  });

  test('002-3.6 002-12.3 002-13.2 a diamond: what was unblocked starts on the landed result of all it needs', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'D', dependencies: ['B', 'C'] },
      { id: 'B', dependencies: ['A'] },
      { id: 'C', dependencies: ['A'] },
      { id: 'A' },
    ]);
    await rig.config();
    const run = rig.start('stream', '--auto', '--parallel=4', '--json');
    const a = await rig.agent.next();
    expect(a.ticket).toBe('A');
    await a.succeed({ 'A.txt': 'a\n' });
    const b = await rig.agent.for('B');
    const c = await rig.agent.for('C');
    expect(await b.shell('ls')).toBe('A.txt\nREADME.md\n');
    await b.succeed({ 'B.txt': 'b\n' });
    await rig.event('landing.landed', ({ ticket }) => ticket === 'B');
    expect(rig.agent.untaken).toEqual([]);
    await c.succeed({ 'C.txt': 'c\n' });
    const d = await rig.agent.for('D');
    expect(await d.shell('ls')).toBe('A.txt\nB.txt\nC.txt\nREADME.md\n');
    await d.succeed({ 'D.txt': 'd\n' });
    expect((await run.wait()).code).toBe(0);
  });

  test('002-3.5 a queue of 25 goes on until it is empty or blocked, and says which', async () => {
    await using rig = await Rig.create();
    const mixed = Array.from({ length: 25 }, (_, index) => ({
      id: `Q-${index + 1}`,
      priority: `P${index % 3}`,
      dependencies: [
        ...(index % 3 === 2 ? [`Q-${index}`] : []),
        ...(index % 5 === 4 ? [`Q-${index - 3}`] : []),
      ],
    }));
    await rig.tickets([
      ...mixed,
      { id: 'Q-26', dependencies: ['Q-27'] },
      { id: 'Q-27', state: 'DEFERRED' },
    ]);
    await rig.config();
    await rig.script(work);
    const end = await rig.run('stream', '--auto', '--parallel=4');
    expect(end.stdout).toContain('25 landed');
    expect(end.stdout).toMatch(/blocked +Q-26 waits for Q-27/);
    const states = Object.values(rig.states());
    expect(states.filter((state) => state === 'COMPLETED')).toHaveLength(25);
    expect(rig.calls()).toHaveLength(25);
  });

  test('a ticket with children is never run and completes with its last child', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'E-001', type: 'epic', children: ['E-002', 'E-003'] },
      { id: 'E-002', dependencies: ['E-001'] },
      { id: 'E-003', parent: 'E-001', dependencies: ['E-002'] },
      { id: 'F-001', dependencies: ['E-001'] },
    ]);
    await rig.config();
    await rig.script(work);
    const { summary } = await rig.stream('--parallel=2');
    expect(summary.containers).toEqual(['E-001']);
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['E-002', 'E-003', 'F-001']);
    expect(new Set(Object.values(rig.states()))).toEqual(new Set(['COMPLETED']));
  });

  test('001-2.9 001-3.8 X13 dependents of what did not land are blocked with the chain, siblings go on', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'A' },
      { id: 'B', dependencies: ['A'] },
      { id: 'C', dependencies: ['B'] },
      { id: 'S' },
    ]);
    await rig.config();
    await rig.script({ ...work, A: [{ exit: 9 }] });
    const { summary, code } = await rig.stream('--parallel=2');
    expect(code).toBe(1);
    expect(summary.deferred).toMatchObject([{ id: 'A', code: 'agent/crashed' }]);
    expect(summary.blocked).toEqual([
      { id: 'B', by: ['A'] },
      { id: 'C', by: ['B', 'A'] },
    ]);
    expect(rig.states()).toEqual({
      A: 'DEFERRED',
      B: 'UNPROCESSED',
      C: 'UNPROCESSED',
      S: 'COMPLETED',
    });
  });
});
