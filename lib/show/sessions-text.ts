import type { ChalkInstance } from 'chalk';
import type { Session, SessionList } from '../model/session-schema.js';
import { clean } from './clean.js';
import { pricedWords } from './costs-text.js';
import { duration } from './duration.js';
import { tableLines } from './table-text.js';

/** Rows of a table that people read; `--json` has them all. */
const SHOWN = 100;

/** The sessions as a table, why one failed below it, and the command for more. */
export function sessionsText({ sessions, unread }: SessionList, paint: ChalkInstance): string {
  const notes = unread.map(
    (run) => `The journal of run ${run} cannot be read → sage salvage ${run}`,
  );
  const [newest] = sessions;
  if (!newest) return ['No agent has been called here.', ...notes].join('\n');
  const shown = sessions.slice(0, SHOWN);
  const head = [
    'no',
    'ticket',
    'agent',
    'state',
    'took',
    'said',
    'tools',
    'tokens',
    'cost',
    'began',
  ];
  const [title = '', ...lines] = tableLines(head, shown.map(cells));
  return [
    paint.bold(title),
    ...lines.flatMap((line, index) => {
      const failure = shown[index]?.failure;
      return failure ? [line, `  ${clean(failure.code)}: ${clean(failure.message)}`] : [line];
    }),
    ...dates(shown).map((words) => paint.dim(words)),
    ...(sessions.length > SHOWN
      ? [`… and ${sessions.length - SHOWN} earlier ones: --run, --ticket or --json`]
      : []),
    ...notes,
    `→ sage logs ${newest.session}`,
  ].join('\n');
}

function cells(one: Session): readonly string[] {
  const { ticket, attempt, round, agent, model, state, messages, toolCalls } = one;
  const told = Object.values(one.tokens);
  return [
    String(one.session),
    `${clean(ticket)}#${attempt}${round > 1 ? `, round ${round}` : ''}`,
    clean(model === undefined ? agent : `${agent} (${model})`),
    state,
    duration(one.ms),
    String(messages ?? '–'),
    String(toolCalls ?? '–'),
    told.length === 0 ? '–' : String(told.reduce((sum, count) => sum + count, 0)),
    costWords(one),
    one.began.slice(0, 19).replace('T', ' '),
  ];
}

function costWords({ costUsd, costBasis }: Session): string {
  if (costUsd === undefined) return '–';
  return `${costUsd.toFixed(2)} USD${costBasis === 'priced' ? ' (priced)' : ''}`;
}

/** Which prices made the costs that no agent told. */
function dates(sessions: readonly Session[]): string[] {
  const prices = new Set(sessions.flatMap((one) => one.prices ?? []));
  return prices.size === 0 ? [] : [pricedWords([...prices].sort())];
}
