import { describe, expect, test } from '@jest/globals';
import { mostAtOnce } from '../rig/calls.js';
import { Rig } from '../rig/rig.js';

const tickets = [
  { id: 'A-1', priority: 'P1' },
  { id: 'A-2', priority: 'P0' },
  { id: 'B-1', dependencies: ['A-1', 'A-2'] },
  { id: 'B-2', dependencies: ['A-1'] },
  { id: 'C-1' },
  { id: 'C-2', dependencies: ['C-1'] },
];

/** Everything that landed but the bookkeeping, which holds times. */
async function outcome(flags: readonly string[]) {
  await using rig = await Rig.create();
  await rig.tickets(tickets);
  await rig.config({ verify: ['test ! -e C-1.txt'] });
  await rig.script({ '*': [{ write: { '{ticket}.txt': '{ticket}\n' } }] });
  const { summary, code } = await rig.stream(...flags);
  const history = Object.values(rig.index()).map(({ id, state_history }) => [
    id,
    ...(state_history ?? []).map(({ state }) => state),
  ]);
  return {
    code,
    calls: mostAtOnce(rig.calls()),
    states: rig.states(),
    history,
    tree: (await rig.git('ls-tree', '-r', summary.branch))
      .split('\n')
      .filter((line) => !line.includes('\t.sage/')),
    landed: summary.landed.map(({ id }) => id).sort(),
    deferred: summary.deferred.map(({ id, code: why }) => `${id} ${why}`),
    blocked: summary.blocked,
  };
}

describe('one at a time', () => {
  test('002-1.4 002-7.3 002-8.1 002-14.2 sequential and parallel runs end in the same states, histories and tree', async () => {
    const sequential = await outcome([]);
    const parallel = await outcome(['--parallel=3']);
    expect(sequential.calls).toBe(1);
    expect(sequential.states).toEqual({
      'A-1': 'COMPLETED',
      'A-2': 'COMPLETED',
      'B-1': 'COMPLETED',
      'B-2': 'COMPLETED',
      'C-1': 'DEFERRED',
      'C-2': 'UNPROCESSED',
    });
    expect({ ...parallel, calls: 1 }).toEqual(sequential);
    expect(sequential.code).toBe(1);
  });
});
