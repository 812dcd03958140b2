import type { CallRecord } from '../model/call-record.js';
import type { CostRow, CostSum } from '../model/costs-schema.js';
import { tokensOf } from './costs.js';

/** What calls can be summed up by. */
export const costKeys = ['ticket', 'model', 'day', 'run', 'attempt'] as const;
export type CostKey = (typeof costKeys)[number];

/** A row for each ticket, model, day (UTC), run or attempt, and the sum of all; integers throughout. */
export function sumCosts(
  calls: readonly CallRecord[],
  by: CostKey,
): { readonly rows: CostRow[]; readonly total: CostSum } {
  const groups = new Map<string, { head: Pick<CostRow, 'name' | 'run'>; calls: CallRecord[] }>();
  for (const call of calls) {
    const head = headOf(call, by);
    const key = `${head.run ?? ''} ${head.name}`;
    const group = groups.get(key);
    if (group) group.calls.push(call);
    else groups.set(key, { head, calls: [call] });
  }
  const rows = [...groups.values()].map((group) => ({ ...group.head, ...sum(group.calls) }));
  return { rows: rows.sort(ORDERS[by]), total: sum(calls) };
}

function headOf({ run, ticket, attempt, model, at }: CallRecord, by: CostKey) {
  switch (by) {
    case 'ticket':
      return { name: ticket as string };
    case 'model':
      return { name: model ?? 'unknown' };
    case 'day':
      return { name: at.slice(0, 10) };
    case 'run':
      return { name: run as string };
    case 'attempt':
      return { name: attempt as string, run: run as string };
  }
}

const byName = (one: CostRow, other: CostRow) => (one.name < other.name ? -1 : 1);
const dearest = (one: CostRow, other: CostRow) =>
  other.microUsd - one.microUsd || tokensOf(other) - tokensOf(one) || byName(one, other);
const asCalled = () => 0;

const ORDERS: Readonly<Record<CostKey, (one: CostRow, other: CostRow) => number>> = {
  ticket: dearest,
  model: dearest,
  day: byName,
  run: byName,
  attempt: asCalled,
};

function sum(calls: readonly CallRecord[]): CostSum {
  const total = {
    attempts: new Set(calls.map(({ run, attempt }) => `${run} ${attempt}`)).size,
    calls: calls.length,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    toldMicroUsd: 0,
    pricedMicroUsd: 0,
    microUsd: 0,
    unknown: 0,
  };
  const unknown = new Set<string>();
  for (const { run, attempt, usage, cost, isPartial } of calls) {
    total.inputTokens += usage.inputTokens ?? 0;
    total.outputTokens += usage.outputTokens ?? 0;
    total.cacheReadTokens += usage.cacheReadTokens ?? 0;
    total.cacheWriteTokens += usage.cacheWriteTokens ?? 0;
    if (cost === 'unknown' || isPartial) unknown.add(`${run} ${attempt}`);
    if (cost !== 'unknown') {
      total.microUsd += cost.microUsd;
      total[cost.basis === 'told' ? 'toldMicroUsd' : 'pricedMicroUsd'] += cost.microUsd;
    }
  }
  return { ...total, unknown: unknown.size };
}
