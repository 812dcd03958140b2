import { describe, expect, test } from '@jest/globals';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costsSchema, type Costs } from '../../lib/model/costs-schema.js';
import type { SessionList } from '../../lib/model/session-schema.js';
import { priceTable } from '../../lib/model/price-table.js';
import { Rig } from '../rig/rig.js';

const haiku = 'claude-haiku-4-5-20251001';
const done = { '{ticket}.txt': 'done\n' };

async function withTickets(...ids: readonly string[]) {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await rig.tickets(ids.map((id) => ({ id })));
  return rig;
}

async function costsOf(rig: Rig, ...args: readonly string[]): Promise<Costs> {
  const { code, stdout, stderr } = await rig.run('costs', '--json', ...args);
  expect([code, stderr]).toEqual([0, '']);
  const costs = JSON.parse(stdout) as Costs;
  expect(costsSchema.parse(costs)).toEqual(costs);
  return costs;
}

const named = ({ rows }: Costs) => rows.map(({ name, microUsd }) => [name, microUsd]);

describe('what a run costs', () => {
  test('001-4.8 001-5.5 001-12.4 tokens at the real table, told costs and unknown ones add up in summary, status and costs', async () => {
    await using rig = await withTickets('A', 'B', 'C', 'D');
    await rig.script({
      // 1,001 × 1 + 11 × 5 + 7 × 0.1 + 3 × 1.25 = 1,060.45
      A: [
        { usage: { inputTokens: 1001, outputTokens: 11, cacheReadTokens: 7, model: haiku } },
        { usage: { cacheWriteTokens: 3 } },
        { write: done },
      ],
      B: [
        { usage: { costUsd: 0.25, inputTokens: 5, outputTokens: 5, model: haiku } },
        { write: done },
      ],
      // It fails, and is paid for: 10 × 1 + 1 × 5.
      C: [{ usage: { inputTokens: 10, outputTokens: 1, model: haiku } }, { exit: 3 }],
      D: [
        { usage: { inputTokens: 4, outputTokens: 4, model: 'nobody-knows-me' } },
        { write: done },
      ],
    });
    const { summary } = await rig.stream();
    expect(summary).toMatchObject({ costUsd: 0.251075, pricedUsd: 0.001075, unknownCosts: 1 });
    const outcomes = rig
      .journal()
      .flatMap((event) =>
        event.type === 'agent.finished'
          ? [[event.attempt, event.outcome.model, event.outcome.cost]]
          : [],
      );
    const priced = (microUsd: number) => ({ microUsd, basis: 'priced', prices: priceTable.dated });
    expect(outcomes).toEqual([
      ['A#1', haiku, priced(1060)],
      ['B#1', haiku, { microUsd: 250_000, basis: 'told' }],
      ['C#1', haiku, priced(15)],
      ['D#1', 'nobody-knows-me', undefined],
    ]);
    const { sessions } = JSON.parse((await rig.run('sessions', '--json')).stdout) as SessionList;
    const prices = priceTable.dated;
    expect(
      new Map(sessions.map((one) => [one.ticket, [one.costUsd, one.costBasis, one.prices]])),
    ).toEqual(
      new Map([
        ['A', [0.00106, 'priced', prices]],
        ['B', [0.25, 'told', undefined]],
        ['C', [0.000015, 'priced', prices]],
        ['D', [undefined, undefined, undefined]],
      ]),
    );
    const table = (await rig.run('sessions')).stdout;
    const rowOf = (ticket: string) =>
      table.split('\n').find((line) => line.includes(`${ticket}#1`));
    expect(rowOf('A')).toContain('0.00 USD (priced)');
    expect(rowOf('B')).toMatch(/0\.25 USD +2/);
    expect(table).toContain(`\npriced: tokens that the agents told, at the prices of ${prices}\n`);
    const text = (await rig.run('status')).stdout;
    expect(text).toContain('0.25 USD, 0.00 of it by the price table and 1 attempt of unknown cost');

    const costs = await costsOf(rig);
    expect(named(costs)).toEqual([
      ['B', 250_000],
      ['A', 1060],
      ['C', 15],
      ['D', 0],
    ]);
    expect(costs.total).toEqual({
      attempts: 4,
      calls: 4,
      inputTokens: 1020,
      outputTokens: 21,
      cacheReadTokens: 7,
      cacheWriteTokens: 3,
      toldMicroUsd: 250_000,
      pricedMicroUsd: 1075,
      microUsd: 251_075,
      unknown: 1,
    });
    expect(costs.prices).toEqual([priceTable.dated]);
    expect(costs.unread).toEqual([]);
  });

  test('001-4.8 the prices of the configuration count, and a cost limit counts what was priced', async () => {
    await using rig = await withTickets('A', 'B', 'C');
    await rig.config({
      prices: { dated: '2026-11-01', models: { 'mine-*': { input: 0.5, output: 500_000 } } },
    });
    await rig.script({
      '*': [
        { write: done },
        { usage: { inputTokens: 1, outputTokens: 1, model: 'mine-1', final: true } },
      ],
    });
    const { summary, code } = await rig.stream('--max-cost', '0.9');
    expect(code).toBe(4);
    expect(summary.costUsd).toBe(1.000002);
    expect(summary.pending).toHaveLength(1);
    expect(summary.stoppedBy?.failure?.message).toContain('have cost 1.00 USD, the limit is 0.90');
    expect(await costsOf(rig)).toMatchObject({
      total: { microUsd: 1_000_002 },
      prices: ['2026-11-01'],
    });
  });
});

describe('sage costs', () => {
  test('before any run it says that there is nothing, and changes nothing', async () => {
    await using rig = await withTickets('A');
    const before = rig.snapshot();
    expect(await rig.run('costs')).toMatchObject({
      code: 0,
      stdout: 'No call of an agent to count.\n',
    });
    expect(await costsOf(rig)).toMatchObject({ rows: [], total: { attempts: 0, microUsd: 0 } });
    expect(rig.snapshot()).toEqual(before);
  });

  test('001-4.8 001-12.4 by ticket, model, day, run and attempt the sums are the same, over all runs or one', async () => {
    await using rig = await withTickets('A', 'B');
    await rig.script({
      '*': [{ usage: { inputTokens: 100, outputTokens: 10, model: haiku } }, { exit: 1 }],
    });
    const first = await rig.stream('--only', 'A');
    await rig.run('retry', 'A');
    await rig.script({
      A: [{ usage: { costUsd: 0.5 } }, { write: done }],
      B: [{ usage: { inputTokens: 7, outputTokens: 1, model: haiku } }, { write: done }],
    });
    const second = await rig.stream();
    const all = 500_000 + 150 + 12;
    for (const by of ['ticket', 'model', 'day', 'run', 'attempt']) {
      const costs = await costsOf(rig, '--by', by);
      expect(costs.total).toMatchObject({ attempts: 3, microUsd: all });
      expect(costs.rows.reduce((sum, { microUsd }) => sum + microUsd, 0)).toBe(all);
    }
    expect(named(await costsOf(rig))).toEqual([
      ['A', 500_150],
      ['B', 12],
    ]);
    expect(named(await costsOf(rig, '--by=model'))).toEqual([
      ['unknown', 500_000],
      [haiku, 162],
    ]);
    expect(named(await costsOf(rig, '--by=run'))).toEqual([
      [first.summary.run, 150],
      [second.summary.run, 500_012],
    ]);
    expect(named(await costsOf(rig, '--by=attempt', '--run', first.summary.run))).toEqual([
      ['A#1', 150],
    ]);
    const day = rig.journal()[0]!.at.slice(0, 10);
    expect((await costsOf(rig, '--since', day)).total.attempts).toBe(3);
    expect((await costsOf(rig, '--since=2999-01-01')).rows).toEqual([]);

    const { stdout } = await rig.run('costs', '--by=attempt');
    const lines = stdout.trimEnd().split('\n');
    const ends = lines.slice(0, -1).map((line) => line.length);
    expect(new Set(ends).size).toBe(1);
    expect(lines[0]).toMatch(/^attempt +attempts +input +output +told USD +priced USD +USD$/);
    expect(lines.at(-2)).toMatch(/^total +3 +107 +11 +0\.500000 +0\.000162 +0\.500162$/);
    expect(lines.at(-1)).toBe(
      `priced: tokens that the agents told, at the prices of ${priceTable.dated}`,
    );
  });

  test('a torn journal counts as far as it is whole, one that is damaged is named, a run without logs counts whole', async () => {
    await using rig = await withTickets('A', 'B');
    await rig.script({ '*': [{ usage: { costUsd: 0.5 } }, { write: done }] });
    const { summary } = await rig.stream('--only', 'A');
    await rig.stream('--only', 'B');
    await rig.run('deliver');
    await rig.run('clean', '--yes');
    const journal = join(rig.gitDir, 'sage/runs', summary.run, 'events.ndjson');
    const whole = readFileSync(journal, 'utf8');
    appendFileSync(journal, '{"v":2,"half');
    expect((await costsOf(rig)).total).toMatchObject({ attempts: 2, microUsd: 1_000_000 });
    writeFileSync(journal, whole.replace('attempt.started', 'attempt.altered'));
    const damaged = await costsOf(rig);
    expect(damaged.total.microUsd).toBe(500_000);
    expect(damaged.unread).toEqual([
      { run: summary.run, why: expect.stringContaining('does not match its sum') },
    ]);
    expect((await rig.run('costs')).stdout).toContain(`not counted: run ${summary.run}: `);
    writeFileSync(journal, whole);
  });

  test.each([
    [['--by', 'mood'], '--by cannot be "mood".'],
    [['--since', '2026-02-30'], '--since cannot be "2026-02-30".'],
    [['--since', 'yesterday'], '--since cannot be "yesterday".'],
    [['--run', 'nope'], 'there is no run "nope" here'],
  ])('%j is refused', async (args, words) => {
    await using rig = await withTickets('A');
    const { code, stdout, stderr } = await rig.run('costs', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});
