import { describe, expect, test } from '@jest/globals';
import { codexRig, shell } from './codex-rig.js';
import { atWork, LONG_WORK, pressTwice } from './ending.js';
import { outcomeOf } from './told.js';

const FLAGS = ['--auto', '--plain', '--agent', 'codex', '--verify', 'none'] as const;

/** Codex without its sandbox, which else ends what runs in it. */
const FULL = { agents: {}, agent: 'codex', access: 'full' };

/** One ticket, whose agent is to start tools that do not end. */
async function withLongWork() {
  const world = await codexRig(({ turn }) => (turn === 0 ? shell(LONG_WORK) : { silence: true }));
  await world.rig.config(FULL);
  await world.rig.tickets([{ id: 'T-1' }]);
  return world;
}

describe('ending the real Codex', () => {
  test('the second Ctrl-C ends it and its tools, without a sandbox too', async () => {
    await using world = await withLongWork();
    const { rig } = world;
    const program = rig.start('stream', ...FLAGS);
    await atWork(rig, 1);
    expect(await pressTwice(program)).toBe(130);
    expect(rig.processes()).toEqual([]);
    expect(outcomeOf(rig, 'T-1')).toMatchObject({ end: { kind: 'cancelled' } });
  });

  test('its wrapper killed, the program behind it does not go on by itself', async () => {
    await using world = await withLongWork();
    const { rig } = world;
    const program = rig.start('stream', ...FLAGS);
    await atWork(rig, 1);
    const [leader] = rig.processes().filter(({ command }) => / exec --json /.test(command));
    process.kill(leader!.pid, 'SIGKILL');
    expect((await program.wait()).code).toBe(1);
    expect(rig.processes()).toEqual([]);
    expect(outcomeOf(rig, 'T-1')?.end).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });
});
