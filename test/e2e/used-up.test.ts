import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OrdinaryUser } from '../rig/ordinary-user.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';

/** A run of A, B and C by two agents, as somebody whom limits bind; its base is being checked until `begin`. */
async function started(rig: Rig) {
  await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
  await rig.config({ verify: ['until test -e $HOME/go; do sleep 0.05; done'] });
  const user = new OrdinaryUser(rig);
  const run = rig.startWith(user, 'stream', '--auto', '--json', '--parallel=2');
  await rig.event('base.check-started');
  return { user, run, begin: () => rig.write({ '../home/go': '' }) };
}

/** The agent of a ticket's first attempt is called when somebody reads its prompt: a pipe, there before the prompt. */
async function heldPrompt(rig: Rig, ticket: string): Promise<string> {
  const { directory } = await rig.event('run.planned');
  const folder = join(directory, 'attempts', `${ticket}-1`);
  await mkdir(folder, { recursive: true });
  const prompt = join(folder, 'prompt.md');
  execFileSync('mkfifo', [prompt]);
  // Not what this process may write, but what the run's user may.
  for (const place of [prompt, folder, join(folder, '..')]) await chmod(place, 0o777);
  return prompt;
}

describe('a machine without a process left', () => {
  test('002-7.2 an agent that finds none (EAGAIN): one slot fewer with the reason, nobody is blamed, everything lands', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const { user, run, begin } = await started(rig);
    const prompt = await heldPrompt(rig, 'B');
    await begin();
    const first = await rig.agent.for('A');
    await rig.event('agent.called', ({ attempt }) => attempt === 'B#1');
    const recover = user.noProcessLeft(run.pid);
    await readFile(prompt);
    const { outcome } = await rig.event('agent.finished');
    recover();
    expect(outcome).toMatchObject({
      end: { kind: 'not-started' },
      failure: {
        message: expect.stringMatching(/scripted could not be started: .*EAGAIN/),
        retryable: true,
      },
    });
    await rig.event('run.limited');
    await first.succeed({ 'A.txt': 'a\n' });
    for (const ticket of ['B', 'C']) {
      const call = await rig.agent.for(ticket);
      expect(rig.calls().filter(({ endedAt }) => endedAt === undefined)).toHaveLength(1);
      await call.succeed({ [`${ticket}.txt`]: 'x\n' });
    }
    const { events, summary, code } = readStreamEnd(await run.wait());
    expect(events.filter(({ type }) => type === 'run.limited')).toMatchObject([
      { slots: 1, reason: expect.stringContaining('EAGAIN') },
    ]);
    expect(summary.slots.limitedBy.join()).toContain('EAGAIN');
    expect(summary.landed.map(({ id, attempts }) => `${id} ${attempts}`)).toEqual([
      'A 1',
      'B 1',
      'C 1',
    ]);
    expect(code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED', C: 'COMPLETED' });
  });

  test('002-7.2 git that finds none waits for one: what an agent has done is taken and lands, and no slot is lost', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const { user, run, begin } = await started(rig);
    await begin();
    const [first, second] = [await rig.agent.for('A'), await rig.agent.for('B')];
    const recover = user.noProcessLeft(run.pid);
    await first.succeed({ 'A.txt': 'a\n' });
    await rig.event('harvest.started');
    await second.succeed({ 'B.txt': 'b\n' });
    await rig.event('harvest.started', ({ attempt }) => attempt === 'B#1');
    recover();
    await (await rig.agent.for('C')).succeed({ 'C.txt': 'c\n' });
    const { events, summary, code } = readStreamEnd(await run.wait());
    expect(summary.landed.map(({ id }) => id).sort()).toEqual(['A', 'B', 'C']);
    expect(events.filter(({ type }) => type === 'run.limited')).toEqual([]);
    expect(code).toBe(0);
  });
});
