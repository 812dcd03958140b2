import { describe, expect, test } from '@jest/globals';
import { planSchema } from '../../lib/model/plan-schema.js';
import { Rig } from '../rig/rig.js';

const tiers = { small: 'claude-haiku-4-5', medium: 'claude-sonnet-4-5', large: 'claude-opus-4-5' };
const command = { kind: 'command', command: ['test-agent'], prompt: 'stdin' };
const done = { '{ticket}.txt': '{ticket} is done\n' };
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

describe('a cost limit', () => {
  test('001-4.14 warns at 80 and 95 %, takes smaller models, stops an agent at work, keeps its work and ends with 4; the next run goes on', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config({
      models: { choose: 'tier', tiers: { scripted: tiers }, types: { big: 'large' } },
    });
    await rig.tickets(['A', 'B', 'C', 'D'].map((id) => ({ id, type: 'big' })));
    const model = { shell: 'printf %s "$SAGE_MODEL" > "$SAGE_TICKET.model"' };
    await rig.script({
      A: [model, { write: done }, { usage: { costUsd: 0.82, final: true } }],
      B: [model, { write: done }, { usage: { costUsd: 0.14, final: true } }],
      C: [model, { write: done }, { usage: { costUsd: 0.1 } }, { hang: true }],
    });
    const { summary, code, events } = await rig.stream('--max-cost', '1');
    expect(code).toBe(4);
    expect(summary.landed.map(({ id }) => id)).toEqual(['A', 'B']);
    expect(summary.costUsd).toBeCloseTo(1.06);
    expect(summary.stoppedBy).toMatchObject({
      by: 'budget',
      failure: {
        code: 'budget/reached',
        message: 'the agents have cost 1.06 USD, the limit is 1.00 USD; 2 tickets are left',
      },
    });
    const [stopped, untouched] = summary.pending;
    expect(stopped).toMatchObject({ id: 'C', kept: expect.stringContaining('/C/1') });
    expect(untouched).toEqual({ id: 'D', why: 'the cost limit is reached' });
    const said = (id: string) => rig.git('show', `${summary.branch}:${id}.model`);
    expect([await said('A'), await said('B')]).toEqual([tiers.large, tiers.medium]);
    const warned = events.flatMap((event) => (event.type === 'budget.warned' ? [event] : []));
    expect(warned.map(({ percent, usedUsd }) => [percent, usedUsd])).toEqual([
      [80, 0.82],
      [95, 0.96],
    ]);
    const stops = events.filter(({ type }) => type === 'ticket.overspent');
    expect(stops).toMatchObject([{ ticket: 'C', code: 'budget/reached' }]);
    const models = events.flatMap((event) =>
      event.type === 'ticket.started' ? [event.model] : [],
    );
    expect(models).toEqual([tiers.large, tiers.medium, tiers.small]);
    const planned = rig.journal()[0];
    // 50,000 tokens in and 10,000 out at the prices of the table.
    const assumed = planned?.type === 'run.planned' ? planned.options.budget?.calls : [];
    expect(assumed?.map((call) => [call.model, call.microUsd])).toEqual([
      [tiers.large, 500_000],
      [tiers.small, 100_000],
      [tiers.medium, 300_000],
    ]);

    const { stdout: rescued } = await rig.run('rescue', 'C', '--branch', 'kept-c');
    expect(rescued).toContain('kept-c');
    expect(await rig.git('show', 'kept-c:C.txt')).toBe('C is done');

    await rig.script({ '*': [{ write: done }, { usage: { costUsd: 0.01 } }] });
    const next = await rig.stream('--max-cost', '5');
    expect(next.code).toBe(0);
    expect(next.summary.landed.map(({ id }) => id)).toEqual(['C', 'D']);
  });

  test('001-4.14 an agent whose price nobody knows is watched by what it tells, and that nothing is held back for it is said once', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.script({
      A: [{ write: done }, { usage: { costUsd: 0.2 } }, { usage: { costUsd: 0.2 } }],
      B: [{ write: done }, { usage: { costUsd: 0.4 } }, { hang: true }],
    });
    const { code, stdout, stderr } = await rig.run('stream', '--auto', '--max-cost=0.7');
    expect(code).toBe(4);
    const said = `${stdout}${stderr}`;
    expect(said.match(/holds nothing back for scripted before it starts/g)).toHaveLength(1);
    expect(said).toContain('95 % of the cost limit is used: 0.80 of 0.70 USD');
    expect(said).toContain('is stopped by the cost limit; its work is kept');
    expect(said).toContain('sage rescue B');
  });
});

describe('the forecast of what a run costs', () => {
  test('002-10.3 a dry run and the start say tokens and dollars as a range, first assumed, then from earlier tickets', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config({ agents: { scripted: { ...command, model: 'claude-haiku-4-5' } } });
    const ids = Array.from({ length: 6 }, (_, index) => `T-${index}`);
    await rig.tickets([...ids, 'N-1', 'N-2'].map((id) => ({ id })));
    const before = oneLine((await rig.run('stream', '--dry-run')).stdout);
    expect(before).toContain(
      'expected: about 480,000 tokens, about 0.80 USD (scripted: no history: assumed 50,000 tokens in and 10,000 out)',
    );
    await rig.script(
      Object.fromEntries(
        ids.map((id, index) => [
          id,
          [
            { write: done },
            { usage: { costUsd: 0.1 * (index + 1), inputTokens: 1000 * (index + 1) } },
            // A ticket that failed was paid for, too.
            ...(index === 5 ? [{ exit: 3 }] : []),
          ],
        ]),
      ),
    );
    const { stdout, stderr } = await rig.run(
      'stream',
      '--auto',
      ...ids.flatMap((id) => ['--only', id]),
    );
    expect(oneLine(stdout + stderr)).toContain('expected: about 360,000 tokens, about 0.60 USD');

    const plan = planSchema.parse(
      JSON.parse(
        (await rig.run('stream', '--dry-run', '--json', '--only', 'N-1', '--only', 'N-2')).stdout,
      ),
    );
    expect(plan.costs).toEqual({
      tickets: 2,
      tokens: { low: 6000, high: 12_000 },
      usd: { low: 0.6, high: 1.2 },
      unpriced: 0,
      because: ['scripted: from 6 earlier tickets'],
    });
    const words = oneLine(
      (await rig.run('stream', '--dry-run', '--max-cost=2', '--only=N-1')).stdout,
    );
    expect(words).toContain(
      'expected: 3,000 to 6,000 tokens, 0.30 to 0.60 USD (scripted: from 6 earlier tickets)',
    );
    expect(words).toContain('the cost limit is 2.00 USD: nothing starts that may pass it');
  });
});
