import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { memoryOf } from '../rig/memory.js';
import { Rig } from '../rig/rig.js';

/** An agent that does next to nothing, and takes no program of its own for it. */
const NO_OP = { kind: 'command', command: ['sh', '-c', 'echo x > "$SAGE_TICKET.txt"'] };

const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `T-${index + 1}` }));

/** How many gits a run over so many tickets starts. */
async function gitsFor(tickets: number): Promise<number> {
  await using rig = await Rig.create();
  await rig.tickets(ids(tickets));
  await rig.config({ agent: 'no-op', agents: { 'no-op': NO_OP } });
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const log = join(rig.places.root, 'gits');
  await rig.program('git', `echo >> "${log}"\nexec "${real}" "$@"`);
  const { summary } = await rig.stream('--parallel=4');
  expect(summary.landed).toHaveLength(tickets);
  return statSync(log).size;
}

describe('what a ticket costs beside its agent', () => {
  test('003-8.2 of 44 tickets whose agents do nothing, each one more starts at most nine gits', async () => {
    // The starting of programs is what a ticket takes time for; the few are what every run starts.
    const few = await gitsFor(4);
    const many = await gitsFor(44);
    expect(few).toBeGreaterThan(0);
    expect((many - few) / 40).toBeLessThanOrEqual(9);
  }, 120_000);

  test('003-8.3 eight workers at once take less than 50 MB each, their agents excluded', async () => {
    await using rig = await Rig.create();
    const tickets = ids(8);
    await rig.tickets(tickets);
    await rig.config();
    const program = rig.start('stream', '--auto', '--json', '--parallel=8');
    const calls = await Promise.all(tickets.map(({ id }) => rig.agent.for(id)));
    const ours = rig.processes().filter(({ command }) => !command.includes('agent-main'));
    expect(ours.filter(({ command }) => /\bsage stream|\bwarden\.js/.test(command))).toHaveLength(
      2,
    );
    const bytes = ours.reduce((sum, { pid }) => sum + memoryOf(pid), 0);
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(bytes / tickets.length).toBeLessThan(50_000_000);
    for (const call of calls) await call.succeed({ [`${call.ticket}.txt`]: 'x\n' });
    expect((await program.wait()).code).toBe(0);
  });
});
