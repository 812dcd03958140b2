import { expect, test } from '@jest/globals';
import { sumCosts } from '../../lib/engine/sum-costs.js';
import type { CallRecord } from '../../lib/model/call-record.js';
import { attemptAddress, runId, ticketId } from '../../lib/model/ids.js';

const call = (more: Partial<CallRecord>): CallRecord => ({
  run: runId('20260101-000000-abcd'),
  ticket: ticketId('A'),
  attempt: attemptAddress(ticketId('A'), 1),
  at: '2026-01-01T00:00:00.000Z',
  ms: 1,
  usage: { inputTokens: 10, outputTokens: 1 },
  cost: { microUsd: 15, basis: 'priced', prices: '2026-01-01' },
  ...more,
});

test('001-4.8 what a call that was cut off had told is in the sums, and its attempt is one of unknown cost', () => {
  const { total } = sumCosts([call({}), call({ isPartial: true })], 'ticket');
  expect(total).toMatchObject({ microUsd: 30, inputTokens: 20, calls: 2, unknown: 1 });
  expect(sumCosts([call({})], 'ticket').total.unknown).toBe(0);
});

test('001-4.8 what is wholly unknown is in no sum', () => {
  const { total } = sumCosts([call({}), call({ usage: {}, cost: 'unknown' })], 'ticket');
  expect(total).toMatchObject({ microUsd: 15, calls: 2, unknown: 1 });
});
