import type { Diagnostic } from '../model/diagnostic.js';
import type { Ticket } from '../model/ticket.js';
import { checkFields } from './check-fields.js';
import type { CheckInput, CheckOptions } from './check-input.js';
import { checkReferences } from './check-references.js';
import { checkStates } from './check-states.js';
import { checkSubtasks } from './check-subtasks.js';
import { readEntries, type Entry } from './entries.js';
import { Findings } from './findings.js';
import { isGiven, valueOf } from './json-node.js';
import type { ReadIndex } from './read.js';

/**
 * Everything that can be said against an index, sorted by place: what the reader found and all checks of `/validate`
 * but cycles, which the plan finds. Reads nothing but what `files` offers; changes nothing. Last stands one
 * information with the totals.
 */
export function checkIndex(index: ReadIndex, options: CheckOptions): readonly Diagnostic[] {
  const findings = new Findings(index.text, index.file);
  const tickets = new Map<string, Ticket>(index.tickets.map((ticket) => [ticket.id, ticket]));
  const input = { ...options, entries: firstOfEach(index.text), tickets, findings };
  checkFields(input);
  checkReferences(input);
  checkStates(input);
  checkSubtasks(input);
  return [...[...index.diagnostics, ...findings.list()].sort(byPlace), totals(index, input)];
}

function firstOfEach(text: string): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const entry of readEntries(text)) if (!entries.has(entry.id)) entries.set(entry.id, entry);
  return [...entries.values()];
}

const byPlace = ({ where: one }: Diagnostic, { where: other }: Diagnostic) =>
  (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);

function totals({ tickets, file }: ReadIndex, { entries }: CheckInput): Diagnostic {
  const states = ['UNPROCESSED', 'IN_PROGRESS', 'COMPLETED', 'DEFERRED'].map(
    (state) => `${tickets.filter((ticket) => ticket.state === state).length} ${state}`,
  );
  const withField = (key: string) =>
    entries.filter(({ node }) => {
      const value = valueOf(node, key);
      return isGiven(value) && !(value.kind === 'array' && value.items.length === 0);
    }).length;
  return {
    severity: 'information',
    code: 'index/totals',
    message:
      `${tickets.length} tickets: ${states.join(', ')}; ${withField('tasks')} with sub-tasks, ` +
      `${withField('validation_config')} with a validation configuration, ${withField('components')} with components.`,
    where: { file },
  };
}
