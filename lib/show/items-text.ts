import type { ChalkInstance } from 'chalk';
import { nothingToProcess } from '../model/item.js';
import type { ItemList } from '../model/items-schema.js';
import { clean } from './clean.js';
import { fit } from './layout.js';
import { tableLines } from './table-text.js';

const TITLE_WIDTH = 60;

/** What a workflow tool would work on as a table, and below it why it would not work on the rest. */
export function itemsText({ tool, workers, items }: ItemList, paint: ChalkInstance): string {
  const pending = items.filter((item) => item.state === 'pending' && item.why === undefined);
  const others = items.filter((item) => !pending.includes(item));
  const left = others.map(
    ({ id, state, why = '' }) =>
      `  ${paint.cyan(clean(id))} ${state === 'pending' ? 'not now' : state}: ${clean(why)}`,
  );
  if (pending.length === 0) return [nothingToProcess(items), ...left].join('\n');
  const place = tool === 'requirements' ? 'output' : 'source';
  const rows = pending.map((item) => [
    clean(item.id),
    `#${item.issue}`,
    item.state,
    fit(clean(item.title), TITLE_WIDTH),
    clean((place === 'output' ? item.output : item.source) ?? ''),
  ]);
  const [head = '', ...lines] = tableLines(['id', 'issue', 'state', 'title', place], rows);
  const how = workers === 1 ? 'one at a time' : `${workers} at once`;
  return [
    paint.bold(head),
    ...lines,
    '',
    `${pending.length} pending, ${how}. Nothing was started.`,
    ...(left.length > 0 ? ['', 'Not worked on:', ...left] : []),
  ].join('\n');
}
