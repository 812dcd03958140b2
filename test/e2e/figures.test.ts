import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

describe('figures of a run', () => {
  test('002-9.2 002-15.3 requested and used workers, and why, are told', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const { stdout } = await rig.run('stream', '--auto', '--parallel=7');
    expect(stdout).toMatch(/2 at once/);
    expect(stdout).toMatch(/only 2 tickets can run/);
  });

  test('002-9.3 002-15.3 speed-up and utilisation are what the journal’s own times give', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
    await rig.config();
    await rig.script({
      '*': [{ delay: 500 }, { write: { '{ticket}.txt': 'x\n' } }],
      C: [{ delay: 1500 }, { write: { 'C.txt': 'x\n' } }],
    });
    const { summary } = await rig.stream('--parallel=2');
    const journal = rig.journal();
    const at = (type: string, ticket?: string) =>
      Date.parse(
        journal.find(
          (event) =>
            event.type === type && (!ticket || ('ticket' in event && event.ticket === ticket)),
        )!.at,
      );
    const busy = ['A', 'B', 'C'].reduce(
      (sum, ticket) => sum + at('attempt.finished', ticket) - at('attempt.started', ticket),
      0,
    );
    const wall = at('run.finished') - at('run.planned');
    expect(Math.abs(summary.wallMs - wall)).toBeLessThanOrEqual(1);
    expect(summary.speedUp).toBeCloseTo(summary.sumMs / summary.wallMs, 2);
    expect(summary.sumMs).toBeGreaterThan(2_500);
    expect(summary.utilisation).toBeGreaterThan(0);
    expect(Math.abs(summary.utilisation - busy / (2 * wall))).toBeLessThan(0.15);
    expect(summary.lowerBoundMs).toBeLessThanOrEqual(summary.wallMs);
    expect(summary.otherSchedule).toMatchObject({ schedule: 'batch' });
    for (const lost of Object.values(summary.lost)) expect(lost).toBeGreaterThanOrEqual(0);
  });

  test('002-10.3 002-15.4 token use is warned of before the start and counted in the summary', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config();
    await rig.script({
      '*': [
        { usage: { costUsd: 0.25, inputTokens: 1000, outputTokens: 50 } },
        { write: { '{ticket}.txt': 'x\n' } },
      ],
    });
    const { stdout } = await rig.run('stream', '--auto', '--parallel=2');
    expect(stdout.indexOf('tokens')).toBeLessThan(stdout.indexOf('[A] started'));
    expect(stdout).toMatch(/2 agents use tokens 2 times as fast/);
    expect(stdout).toContain('0.50 USD');
    expect(stdout).toContain('2,100 tokens');
  });

  test('002-15.4 --max-cost starts nothing more once the agents told that much, and ends with 4', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
    await rig.config();
    await rig.script({
      '*': [{ write: { '{ticket}.txt': 'x\n' } }, { usage: { costUsd: 0.4, final: true } }],
    });
    const { summary, code } = await rig.stream('--max-cost', '0.70');
    expect(code).toBe(4);
    expect(summary.landed).toHaveLength(2);
    expect(summary.pending).toHaveLength(1);
    expect(summary.costUsd).toBeCloseTo(0.8);
  });

  test('--limit counts tickets, --only and --component choose them', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'API-1' },
      { id: 'API-2', dependencies: ['WEB-1'] },
      { id: 'WEB-1' },
      { id: 'WEB-2' },
    ]);
    await rig.config();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const only = await rig.stream('--only', 'API-1');
    expect(only.summary.landed.map(({ id }) => id)).toEqual(['API-1']);
    const limited = await rig.stream('--component', 'WEB', '--limit', '1');
    expect(limited.summary.landed.map(({ id }) => id)).toEqual(['WEB-1']);
    expect(rig.states()).toMatchObject({ 'API-2': 'UNPROCESSED', 'WEB-2': 'UNPROCESSED' });
  });
});
