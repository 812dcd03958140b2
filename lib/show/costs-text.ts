import type { ChalkInstance } from 'chalk';
import type { Costs, CostSum } from '../model/costs-schema.js';
import { clean } from './clean.js';
import { pad } from './layout.js';
import { width } from './width.js';

/** A column of figures; one that is zero in every row is left out, unless it is always there. */
interface Column {
  readonly title: string;
  readonly value: (sum: CostSum) => number;
  readonly show: (value: number) => string;
  readonly isAlways?: true;
}

const whole = (value: number) => value.toLocaleString('en-US');
/** Exact: a row's parts and a column's rows add up as they are shown. */
const usd = (microUsd: number) => (microUsd / 1_000_000).toFixed(6);

const COLUMNS: readonly Column[] = [
  { title: 'attempts', value: ({ attempts }) => attempts, show: whole, isAlways: true },
  { title: 'input', value: ({ inputTokens }) => inputTokens, show: whole, isAlways: true },
  { title: 'output', value: ({ outputTokens }) => outputTokens, show: whole, isAlways: true },
  { title: 'cache read', value: ({ cacheReadTokens }) => cacheReadTokens, show: whole },
  { title: 'cache write', value: ({ cacheWriteTokens }) => cacheWriteTokens, show: whole },
  { title: 'told USD', value: ({ toldMicroUsd }) => toldMicroUsd, show: usd },
  { title: 'priced USD', value: ({ pricedMicroUsd }) => pricedMicroUsd, show: usd },
  { title: 'USD', value: ({ microUsd }) => microUsd, show: usd, isAlways: true },
  { title: 'unknown', value: ({ unknown }) => unknown, show: whole },
];

/** What agents have used as a table, names on the left and figures on the right, and below it where they come from. */
export function costsText(costs: Costs, paint: ChalkInstance): string {
  const { rows, total, by } = costs;
  const unread = costs.unread.map(({ run, why }) => `not counted: run ${run}: ${clean(why)}`);
  if (rows.length === 0) return ['No call of an agent to count.', ...unread].join('\n');
  const columns = COLUMNS.filter(({ value, isAlways }) => isAlways ?? value(total) > 0);
  const cells = (name: string, sum: CostSum) => [
    name,
    ...columns.map(({ value, show }) => show(value(sum))),
  ];
  const head = [by, ...columns.map(({ title }) => title)];
  const body = rows.map((row) => cells(nameOf(row), row));
  const foot = cells('total', total);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body, foot].map((row) => width(row[column] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column === 0 ? 'end' : 'start'))
      .join('  ');
  return [
    paint.bold(line(head)),
    ...body.map(line),
    paint.bold(line(foot)),
    ...basis(costs).map((words) => paint.dim(words)),
    ...unread,
  ].join('\n');
}

const nameOf = ({ name, run }: Costs['rows'][number]) =>
  run === undefined ? clean(name) : `${clean(run)} ${clean(name)}`;

/** Where a cost comes from that no agent told. */
export const pricedWords = (dates: readonly string[]): string =>
  `priced: tokens that the agents told, at the prices of ${dates.join(', ')}`;

function basis({ total, prices }: Costs): string[] {
  const { pricedMicroUsd, unknown } = total;
  return [
    ...(pricedMicroUsd > 0 ? [pricedWords(prices)] : []),
    ...(unknown > 0
      ? [
          `${unknown} ${unknown === 1 ? 'attempt' : 'attempts'} of unknown cost, in whole or in part: the sums are a lower bound`,
        ]
      : []),
  ];
}
