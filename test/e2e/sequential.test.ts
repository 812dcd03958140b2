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
  const { summary, code, events } = await rig.stream(...flags);
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
    begins: rig
      .journal()
      .flatMap((event) => (event.type === 'run.planned' ? [event.options] : []))
      .map(({ requestedSlots, slots, pools }) => ({ requestedSlots, slots, pools })),
    ofPools: events.filter(({ type }) => /^(credential|run\.(limited|relieved))/.test(type)),
    deferred: summary.deferred.map(({ id, code: why }) => `${id} ${why}`),
    blocked: summary.blocked,
  };
}

describe('one at a time', () => {
  test('001-8.2 002-1.4 002-7.3 002-8.1 002-14.2 sequential and parallel runs end in the same states, histories and tree', async () => {
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
    expect(sequential.begins).toEqual([{ requestedSlots: 'sequential', slots: 1 }]);
    expect(sequential.ofPools).toEqual([]);
    expect(parallel.begins).toEqual([{ requestedSlots: 3, slots: 3 }]);
    expect({ ...parallel, calls: 1, begins: sequential.begins }).toEqual(sequential);
    expect(sequential.code).toBe(1);
  });

  test('002-1.4 what a sequential run says, word for word', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    // One after the other, so that no two things can be told in either order.
    const chain = ['A-1', 'B-1', 'C-1', 'D-1'];
    await rig.tickets(
      chain.map((id, index) => ({ id, dependencies: chain.slice(Math.max(0, index - 1), index) })),
    );
    await rig.config({ verify: ['test ! -e C-1.txt'] });
    await rig.script({ '*': [{ write: { '{ticket}.txt': '{ticket}\n' } }] });
    const { stdout } = await rig.run('stream', '--auto');
    const said = stdout
      .replaceAll(rig.checkout, 'PROJECT')
      .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN')
      .replace(/\b[0-9a-f]{10}\b/g, 'COMMIT')
      .replace(/\d+(\.\d+)? (s|min|%)(?= |,|;|:|\)|$)/gm, 'N $2')
      .replace(/\d+\.\d\d( ?×)/g, 'N$1');
    expect(said.split('\n').map((line) => line.replace(/-[0-9a-f]{8}-1-try2/, ''))).toEqual([
      'run RUN: 4 tickets, one at a time, lands on sage/RUN',
      'expected: about 240,000 tokens, cost unknown',
      'checking the base before anything starts …',
      '[A-1] started in lane-1: Build A-1 (no slack left, longest tail N min)',
      '[A-1] worked N s, 1 file changed; waits to land',
      '[A-1] landed COMMIT (1 of 4)',
      '[B-1] started in lane-1: Build B-1 (no slack left, longest tail N min)',
      '[B-1] worked N s, 1 file changed; waits to land',
      '[B-1] landed COMMIT (2 of 4)',
      '[C-1] started in lane-1: Build C-1 (no slack left, longest tail N min)',
      '[C-1] worked N s, 1 file changed; waits to land',
      '[C-1] deferred: test ! -e C-1.txt: failed twice with exit code 1 on the tree that would have landed; its work is kept',
      'delivering sage/RUN to work …',
      '',
      '2 landed, 1 deferred, 1 blocked',
      '  landed   A-1 Build A-1 COMMIT, N s',
      '  landed   B-1 Build B-1 COMMIT, N s',
      '  to decide: 1, each with its command',
      '  deferred C-1 Build C-1',
      '           test ! -e C-1.txt: failed twice with exit code 1 on the tree that would have landed (log: PROJECT/.git/sage/runs/RUN/checks/checks-C-1-3.log)',
      '           → sage rescue C-1',
      '  blocked  D-1 waits for C-1',
      '',
      '  took N s for N s of tickets: N× as fast with 1 at once (N % busy)',
      '  waiting to land N s, landing N s, lanes and set-up N s; N × the lower bound',
      '  strict batches would have taken about N s (estimate); cost not told, tokens not told',
      '',
      '  delivered: work now stands at COMMIT (fast-forward of sage/RUN)',
      '',
      '',
    ]);
  });
});
