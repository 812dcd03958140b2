import type { ChalkInstance } from 'chalk';
import type { RunList } from '../model/status-schema.js';
import { clean } from './clean.js';
import { duration } from './duration.js';
import { tableLines } from './table-text.js';

/** The runs of a repository, one line each, and below it the one command where one is needed. */
export function runsText({ runs }: RunList, paint: ChalkInstance): string {
  if (runs.length === 0) return 'No run has begun in this repository.';
  const rows = runs.map((one) => [
    one.run,
    one.state,
    duration(one.ms),
    `${one.landed} landed${one.deferred > 0 ? `, ${one.deferred} deferred` : ''}${one.pending > 0 ? `, ${one.pending} not done` : ''}`,
    one.costUsd === undefined ? '–' : `${one.costUsd.toFixed(2)} USD`,
    delivered(one),
  ]);
  const head = ['run', 'state', 'took', 'tickets', 'cost', 'delivered'];
  const [title = '', ...lines] = tableLines(head, rows);
  return [
    paint.bold(title),
    ...lines.flatMap((line, index) => {
      const command = runs[index]?.command;
      return [line, ...(command === undefined ? [] : [`  → ${clean(command)}`])];
    }),
  ].join('\n');
}

function delivered({ delivery, target, branch }: RunList['runs'][number]): string {
  switch (delivery) {
    case 'delivered':
      return `in ${clean(target)}`;
    case 'waiting':
      return `waits on ${clean(branch)}`;
    case 'gone':
      return 'its branch was deleted';
    case 'nothing':
      return 'nothing landed';
  }
}
