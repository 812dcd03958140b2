import { describe, expect, test } from '@jest/globals';
import { defaultConfig } from '../../lib/config/defaults.js';
import type { TicketCost } from '../../lib/model/call-record.js';
import type { Config } from '../../lib/model/config.js';
import type { PriceTable } from '../../lib/model/price-table.js';
import { estimateCalls } from '../../lib/plan/estimate-calls.js';
import { forecastCosts, forecastInFull } from '../../lib/plan/forecast-costs.js';
import { planCosts } from '../../lib/plan/plan-costs.js';
import { planOf, ticket } from './tickets.js';

const prices: readonly PriceTable[] = [
  { dated: '2026-01-01', models: { m: { input: 2, output: 10 }, other: { input: 1, output: 1 } } },
];
const costs = (count: number, more: Partial<TicketCost> = {}): TicketCost[] =>
  Array.from({ length: count }, (_, index) => ({
    agent: 'a',
    model: 'm',
    calls: 2,
    tokens: 1000 * (index + 1),
    microUsd: 100 * (index + 1),
    dearestMicroUsd: 60 * (index + 1),
    ...more,
  }));
const worker = { agent: 'a', model: 'm' } as const;

describe('what a call may cost', () => {
  test.each([
    [
      'nine of ten dearest calls, and half of them',
      costs(10),
      { microUsd: 540, typicalMicroUsd: 300 },
    ],
    ['in whatever order', costs(10).reverse(), { microUsd: 540, typicalMicroUsd: 300 }],
    ['of few, the dearest', costs(5), { microUsd: 300, typicalMicroUsd: 180 }],
    // 50,000 × 2 + 10,000 × 10
    ['of too few, the assumption', costs(4), { microUsd: 200_000 }],
    ['another agent says nothing', costs(9, { agent: 'b' }), { microUsd: 200_000 }],
    ['nor another model of no tier', costs(9, { model: 'other' }), { microUsd: 200_000 }],
    [
      'nor what nobody knows the cost of',
      costs(9, { dearestMicroUsd: 0 }).map(({ agent, calls }) => ({ agent, calls, model: 'm' })),
      { microUsd: 200_000 },
    ],
  ])('001-4.14 %s', (_, history, wanted) => {
    const [estimate] = estimateCalls([worker], history, prices);
    const { because, ...rest } = estimate!;
    expect(rest).toEqual({ ...worker, ...wanted });
    expect(because).toMatch(/^from \d+ earlier tickets$|^no history: assumed 50,000 tokens in/);
  });

  test('001-4.14 a model is judged by its own history, else by that of its tier, an agent’s own model by all of its agent', () => {
    const history = [
      ...costs(5, { model: 'n', tier: 'small', dearestMicroUsd: 7 }),
      ...costs(5, { model: 'x', dearestMicroUsd: 9 }),
    ];
    const of = (more: object) => estimateCalls([{ agent: 'a', ...more }], history, [])[0];
    expect(of({ model: 'n', tier: 'large' })).toMatchObject({ microUsd: 7 });
    expect(of({ model: 'z', tier: 'small' })).toMatchObject({ microUsd: 7 });
    expect(of({})).toMatchObject({ microUsd: 9, because: 'from 10 earlier tickets' });
  });

  test('001-4.14 without a price nobody can say, and the estimate says why', () => {
    const [none, unknown] = estimateCalls(
      [{ agent: 'a', model: 'zz' }, { agent: 'b' }],
      [],
      prices,
    );
    expect(none).toEqual({
      agent: 'a',
      model: 'zz',
      because: 'no history, and no price is known for zz',
    });
    expect(unknown).toEqual({ agent: 'b', because: 'no history, and its model is not known' });
    // What it said it used, one time, has a price.
    expect(estimateCalls([{ agent: 'a' }], costs(1), prices)[0]).toMatchObject({
      microUsd: 200_000,
    });
  });
});

describe('what tickets will cost', () => {
  test('002-10.3 each group of workers adds its range, and what is not known is not counted', () => {
    const told = forecastCosts(
      [worker, worker, { agent: 'b' }, { agent: 'a', model: 'other' }],
      costs(10),
      prices,
    );
    expect(told).toEqual({
      tickets: 4,
      tokens: { low: 2 * 5000 + 120_000, high: 2 * 9000 + 120_000 },
      // 50,000 + 10,000 at 1
      usd: { low: 0.001 + 0.06, high: 0.0018 + 0.06 },
      unpriced: 1,
      because: [
        'a (m): from 10 earlier tickets',
        'b: no history, and its model is not known',
        'a (other): no history: assumed 50,000 tokens in and 10,000 out',
      ],
    });
    expect(forecastInFull(told)).toBe(
      `130,000 to 138,000 tokens, about 0.06 USD, without 1 of unknown cost (${told.because.join('; ')})`,
    );
  });

  test('002-10.3 a plan in which nothing runs has no forecast; an agent that is not named yet is judged by all', () => {
    const config: Config = { ...defaultConfig, prices: { models: {} } };
    expect(planCosts(planOf([]), [], config, undefined, costs(9))).not.toHaveProperty('costs');
    const list = [ticket('A')];
    const { costs: found } = planCosts(planOf(list), list, config, undefined, costs(9));
    expect(found).toMatchObject({ tickets: 1, because: ['the agent: from 9 earlier tickets'] });
    const own = { ...config, agent: 'b' };
    expect(planCosts(planOf(list), list, own, undefined, costs(9)).costs).toMatchObject({
      tokens: { low: 60_000, high: 60_000 },
      unpriced: 1,
    });
  });
});
