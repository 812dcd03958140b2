import { describe, expect, test } from '@jest/globals';
import type { PublicEvent } from '../../lib/model/public-event.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';

interface Delivery {
  /** What the run told about it. */
  readonly intake: readonly PublicEvent[];
  readonly how: string;
  readonly why: string;
  readonly command?: string;
}

/** One ticket is worked on while `meanwhile` happens to the user's branch. */
async function delivered(
  rig: Rig,
  verify: string,
  meanwhile: () => Promise<unknown>,
): Promise<Delivery> {
  await rig.tickets([{ id: 'T-1' }, { id: 'MINE', state: 'DEFERRED' }]);
  await rig.config({ verify: [verify] });
  const run = rig.start('stream', '--auto', '--json');
  const call = await rig.agent.next();
  await meanwhile();
  await call.succeed({ 'T-1.txt': 'x\n' });
  const { events, summary } = readStreamEnd(await run.wait());
  const { how = '', why = '', command } = summary.delivery ?? {};
  const intake = events.filter(({ type }) => type.startsWith('intake.'));
  return { how, why, ...(command ? { command } : {}), intake };
}

async function commit(rig: Rig, files: Readonly<Record<string, string>>): Promise<string> {
  await rig.write(files);
  await rig.git('add', ...Object.keys(files));
  await rig.git('commit', '--quiet', '--message', 'mine', '--', ...Object.keys(files));
  return rig.git('rev-parse', 'HEAD');
}

describe('a target that moves while the run goes on', () => {
  test('D4 the user edits and commits other tickets of the tracked index: both sides’ states are delivered', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    let head = '';
    const { how, why, intake } = await delivered(rig, 'true', async () => {
      const text = rig.read('.sage/tickets/index.json');
      expect(text).toContain('MINE');
      head = await commit(rig, {
        'mine.txt': 'mine\n',
        '.sage/tickets/index.json': text.replace('Build MINE', 'Build MINE, but better'),
      });
    });
    expect({ how, why }).toMatchObject({ how: 'forwarded' });
    expect(intake).toMatchObject([
      { type: 'intake.started', target: 'work', commit: head },
      { type: 'intake.landed', target: 'work', commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    ]);
    expect((await rig.run('verify-run')).code).toBe(0);
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', MINE: 'DEFERRED' });
    expect(rig.index()['MINE']).toMatchObject({ title: 'Build MINE, but better' });
    expect(await rig.git('status', '--short')).toBe('');
    expect(await rig.filesOf('work')).toEqual(['README.md', 'T-1.txt', 'mine.txt']);
  });

  test('D4 what conflicts with the target is left, with the files and the commands', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    let head = '';
    const delivery = await delivered(rig, 'true', async () => {
      head = await commit(rig, { 'T-1.txt': 'mine\n' });
    });
    expect(delivery).toMatchObject({ how: 'left' });
    expect(delivery.why).toMatch(/work moved to .* conflicts in T-1\.txt/);
    expect(delivery.intake).toMatchObject([
      { type: 'intake.started', commit: head },
      { type: 'intake.refused', target: 'work', code: 'land/target-moved', reason: delivery.why },
    ]);
    expect(delivery.command).toMatch(/git merge .*sage/);
    expect(await rig.git('rev-parse', 'work')).toBe(head);
    expect(rig.states()['T-1']).toBe('COMPLETED');
  });

  test('D4 together they are red: it is left, the reason told, and the run’s branch stays green', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const delivery = await delivered(rig, 'test ! -e T-1.txt || test ! -e mine.txt', async () => {
      await commit(rig, { 'mine.txt': 'mine\n' });
    });
    expect(delivery).toMatchObject({ how: 'left' });
    expect(delivery.why).toContain('failed twice');
    expect(delivery.intake).toMatchObject([
      { type: 'intake.started' },
      { type: 'intake.refused', reason: delivery.why },
    ]);
    const [branch] = (
      await rig.git('for-each-ref', '--format=%(refname)', 'refs/heads/sage/')
    ).split('\n');
    expect(await rig.filesOf(branch!)).toEqual(['README.md', 'T-1.txt']);
  });

  test('D4 a target that was rewound is never guessed about: left, and said', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    let head = '';
    const delivery = await delivered(rig, 'true', async () => {
      await rig.git('update-ref', 'refs/heads/work', 'work~1');
      head = await rig.git('rev-parse', 'work');
    });
    expect(delivery).toMatchObject({ how: 'left' });
    expect(delivery.why).toContain('rewound');
    expect(delivery.intake.at(-1)).toMatchObject({ type: 'intake.refused' });
    expect(await rig.git('rev-parse', 'work')).toBe(head);
  });
});
