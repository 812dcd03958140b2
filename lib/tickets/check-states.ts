import type { Severity } from '../model/diagnostic.js';
import type { Ticket, TicketState } from '../model/ticket.js';
import type { CheckInput } from './check-input.js';
import type { Entry } from './entries.js';
import { valueOf } from './json-node.js';

/**
 * States that contradict each other. All of them occur in real indexes and none stops a run, so they are warnings
 * at most, errors where `strict`.
 */
export function checkStates(input: CheckInput): void {
  const waitedFor = blockersOf(input.tickets);
  for (const entry of input.entries) {
    const ticket = input.tickets.get(entry.id);
    if (ticket) checkState(entry, ticket, waitedFor.get(entry.id) ?? new Set(), input);
  }
}

/** For each ticket what it waits for: its own dependencies and whoever says to block it. */
function blockersOf(tickets: ReadonlyMap<string, Ticket>): Map<string, Set<string>> {
  const waitedFor = new Map<string, Set<string>>();
  const add = (id: string, blocker: string) => {
    const blockers = waitedFor.get(id);
    if (blockers) blockers.add(blocker);
    else waitedFor.set(id, new Set([blocker]));
  };
  for (const { id, dependencies, blocks } of tickets.values()) {
    for (const blocker of dependencies) add(id, blocker);
    for (const blocked of blocks) add(blocked, id);
  }
  return waitedFor;
}

function checkState(
  entry: Entry,
  { id, state, parent }: Ticket,
  blockers: ReadonlySet<string>,
  { tickets, strict, findings }: CheckInput,
): void {
  const isIn = (wanted: TicketState) => (other: string) => tickets.get(other)?.state === wanted;
  const open = [...blockers].filter((blocker) => !isIn('COMPLETED')(blocker));
  const deferred = open.filter(isIn('DEFERRED'));
  const tell = (severity: Severity, code: string, message: string, hint: string, many: string) =>
    findings.add({
      severity: severity === 'warning' && strict ? 'error' : severity,
      code,
      offset: valueOf(entry.node, 'state')?.start ?? entry.idAt,
      message: `${id} is ${state}${message}`,
      hint,
      ticket: id,
      many,
    });
  if (state === 'IN_PROGRESS' && open.length > 0) {
    tell(
      'warning',
      'index/started-too-early',
      `, but waits for ${some(open)}`,
      'Set it back to UNPROCESSED, or complete those first.',
      'tickets are IN_PROGRESS but wait for others',
    );
  } else if (state === 'IN_PROGRESS') {
    tell(
      'information',
      'index/in-progress',
      '',
      'If nobody works on it any more, set it to UNPROCESSED and it will run.',
      'tickets are IN_PROGRESS',
    );
  }
  if (state === 'COMPLETED' && open.length > 0) {
    tell(
      deferred.length > 0 ? 'warning' : 'information',
      'index/completed-too-early',
      `, but ${deferred.length > 0 ? `${some(deferred)} it depends on is DEFERRED` : `it depends on ${some(open)}, not completed`}`,
      'Nothing follows from it for a run.',
      `tickets are COMPLETED before what they depend on${deferred.length > 0 ? ', which is DEFERRED' : ''}`,
    );
  }
  if (state === 'DEFERRED' && blockers.size > 0 && open.length === 0) {
    tell(
      'information',
      'index/deferred-but-ready',
      ', though all it depends on is COMPLETED',
      'Set it to UNPROCESSED if it shall run.',
      'tickets are DEFERRED though all they depend on is COMPLETED',
    );
  }
  if (state === 'COMPLETED' && parent !== undefined && isIn('DEFERRED')(parent)) {
    tell(
      'warning',
      'index/parent-deferred',
      `, but its parent ${parent} is DEFERRED`,
      'Take the parent up again, or leave both.',
      'tickets are COMPLETED while their parent is DEFERRED',
    );
  }
}

const some = (ids: readonly string[]) =>
  ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
