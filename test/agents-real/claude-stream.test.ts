import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../rig/home.js';
import type { Rig } from '../rig/rig.js';
import { within } from '../rig/within.js';
import { claudeRig, hostCalls, isWorker, startClaude, ticketOf } from './claude-rig.js';
import { withPlugin, workAndCommit } from './claude-rig.js';
import { Gate } from './gate.js';
import { followCommand } from './host-model.js';

/** A rig whose workers meet at a gate before they begin; its configuration calls the real CLI for each ticket. */
async function streamRig(ids: readonly string[], keys: Readonly<Record<string, unknown>> = {}) {
  const gate = new Gate();
  const world = await claudeRig(async (request) => {
    if (!isWorker(request)) return followCommand(request);
    if (request.turn === 0) await gate.pass(ticketOf(request.said));
    return workAndCommit(request);
  });
  await world.rig.config({ agents: {}, agent: 'claude', ...keys });
  await world.rig.tickets(
    ids.map((id) => {
      const [name = '', after] = id.split('<');
      return { id: name, dependencies: after === undefined ? [] : [after] };
    }),
  );
  return Object.assign(world, { gate });
}

/** Types a command into a session that goes on while the test does. */
const begin = (rig: Rig, typed: string) =>
  startClaude(rig, '-p', '--plugin-dir', repositoryRoot, typed);

const met = (gate: Gate, many: number) =>
  within(gate.full(many), 30_000, () => `only ${[...gate.waiting].join()} came`);

describe('/stream --auto in the real Claude Code', () => {
  test('002-1.1 002-17.4 three real workers side by side edit and commit, their commits land, the session reports', async () => {
    await using world = await streamRig(['T-1', 'T-2', 'T-3']);
    const { rig, model, gate } = world;
    const session = begin(rig, '/stream --auto --parallel=3');
    await met(gate, 3);
    gate.open();
    const { code, stdout } = await session.wait();
    expect(code).toBe(0);
    expect(hostCalls(model)).toEqual([
      { command: 'sage stream --auto --parallel=3 --detach' },
      { command: 'sage status --for 9m', timeout: 600_000 },
    ]);
    expect(stdout).toMatch(/3 landed[\s\S]*work now stands at/);
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED', 'T-3': 'COMPLETED' });
    expect(rig.read('T-1.txt') + rig.read('T-2.txt') + rig.read('T-3.txt')).toBe('T-1\nT-2\nT-3\n');
    const subjects = await rig.git('log', '--format=%s', '-4');
    for (const id of ['T-1', 'T-2', 'T-3']) expect(subjects).toContain(`#${id} `);
    const commits = rig
      .journal()
      .flatMap((event) => (event.type === 'work.harvested' ? [event.harvest?.commits.length] : []));
    expect(commits).toEqual([1, 1, 1]);
    const workers = new Set(model.requests.filter(isWorker).map(({ caller }) => caller));
    expect(workers.size).toBe(3);
  });

  test('002-1.2 with --parallel=auto; what did not land is reported with its one command, and what it blocks', async () => {
    await using world = await streamRig(['T-1', 'T-2<T-1', 'T-3'], {
      verify: ['test ! -f T-1.txt'],
    });
    world.gate.open();
    const { stdout } = await withPlugin(world.rig, '/sage:stream --auto --parallel=auto');
    expect(stdout).toMatch(/^Exit code 1\n/);
    expect(stdout).toMatch(/deferred T-1 [\s\S]*→ sage rescue T-1/);
    expect(stdout).toMatch(/blocked +T-2 waits for T-1/);
    expect(stdout).toContain('1 landed, 1 deferred, 1 blocked');
  });

  test('a run outlives the session that began it; another one finds it, follows it and learns its end', async () => {
    await using world = await streamRig(['T-1', 'T-2']);
    const { rig, gate } = world;
    const session = begin(rig, '/stream --auto --parallel=2');
    await met(gate, 2);
    session.signal('SIGKILL');
    await session.wait();
    const { run } = rig.journal()[0] as { run: string };
    const { stdout } = await withPlugin(rig, '/sage:status');
    expect(stdout).toContain(`run ${run}: running`);
    const second = await withPlugin(rig, '/stream --auto');
    expect(second.stdout).toMatch(/^Exit code 2\n[\s\S]*is going on here/);
    const follower = begin(rig, '/sage:status --for 9m');
    gate.open();
    const end = await follower.wait();
    expect(end.stdout).toContain('2 landed');
    expect((await withPlugin(rig, '/sage:status')).stdout).toContain('2 landed');
  });

  test('/sage:stop gives back a ticket, then lets the rest finish; the session that began the run reports it', async () => {
    await using world = await streamRig(['T-1', 'T-2', 'T-3', 'T-4']);
    const { rig, gate } = world;
    const session = begin(rig, '/stream --auto --parallel=2');
    await met(gate, 2);
    expect((await withPlugin(rig, '/sage:stop T-2')).stdout).toMatch(/^cancelled in run \S+: T-2/);
    expect((await withPlugin(rig, '/sage:stop')).stdout).toMatch(/^run \S+ stops: nothing new/);
    gate.open();
    const { stdout } = await session.wait();
    expect(stdout).toContain('pending');
    expect(rig.states()).toMatchObject({
      'T-1': 'COMPLETED',
      'T-2': 'UNPROCESSED',
      'T-4': 'UNPROCESSED',
    });
    expect((await withPlugin(rig, '/sage:stop')).stdout.trim()).toBe('No run is going on here.');
  });

  test('a run whose process was killed is reported with its way on, and the next /stream --auto goes on with it', async () => {
    await using world = await streamRig(['T-1', 'T-2']);
    const { rig, gate } = world;
    const session = begin(rig, '/stream --auto --parallel=2');
    await met(gate, 2);
    const status = JSON.parse((await rig.run('status', '--json')).stdout) as { pid: number };
    process.kill(status.pid, 'SIGKILL');
    const { stdout } = await session.wait();
    expect(stdout).toMatch(/^Exit code 130\n[\s\S]*died[\s\S]*sage resume/);
    gate.open();
    const next = await withPlugin(rig, '/stream --auto');
    expect(next.stdout).toContain('2 landed');
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED' });
  });
});
