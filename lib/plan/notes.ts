import type { TicketId } from '../model/ids.js';
import type { PlanInput } from './input.js';
import { CONFLICT_LIMIT } from './conflicts.js';
import type { Survey } from './survey.js';

/** What a reader of the plan should know besides, one sentence each. */
export function planNotes(
  { options }: PlanInput,
  survey: Survey,
  crowded: readonly string[],
  forecastNote: string | undefined,
): string[] {
  const notes: string[] = [];
  const ignored = survey.resolved.filter((own) => own.ignored.length > 0);
  if (ignored.length > 0) {
    const names = [...new Set(ignored.flatMap((own) => own.ignored))];
    notes.push(
      `${count(ignored.length, 'dependency')} on a ticket's own ancestor (${some(names)}) ignored: it is complete only with its children`,
    );
  }
  const waiting = survey.containers.filter(
    ({ id }) => (survey.tickets.get(id)?.dependencies.length ?? 0) > 0,
  );
  if (waiting.length > 0) {
    notes.push(
      `${some(waiting.map(({ id }) => id))}: tickets with children are not run, so their own dependencies hold nobody back`,
    );
  }
  for (const cycle of survey.finishedCycles) {
    notes.push(`cycle among finished tickets, harmless: ${[...cycle, cycle[0]].join(' → ')}`);
  }
  const { duplicates } = survey.tickets;
  if (duplicates.length > 0) {
    notes.push(`more than one ticket has the id ${some(duplicates)}; the first counts`);
  }
  if (survey.notSelected > 0) {
    notes.push(`${count(survey.notSelected, 'open ticket')} not selected`);
  }
  const unknown = (options.only ?? []).filter((id) => !survey.tickets.has(id));
  if (unknown.length > 0) notes.push(`selected, but not in the index: ${some(unknown)}`);
  if (options.limit !== undefined) {
    notes.push(
      `at most ${count(options.limit, 'ticket')} will be started (limit); the plan shows all`,
    );
  }
  if (crowded.length > 0) {
    notes.push(
      `${some(crowded)}: declared by more than ${CONFLICT_LIMIT} tickets, so lists of conflicts are cut; batches still keep them apart`,
    );
  }
  if (forecastNote !== undefined) notes.push(forecastNote);
  return notes;
}

const some = (names: readonly (string | TicketId)[]) =>
  names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

function count(number: number, what: string): string {
  if (number === 1) return `1 ${what}`;
  return `${number} ${what.endsWith('y') ? `${what.slice(0, -1)}ies` : `${what}s`}`;
}
