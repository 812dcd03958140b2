import type { TicketState } from '../model/ticket.js';
import type { Entry } from './entries.js';
import type { Findings } from './findings.js';
import {
  describeNode,
  isGiven,
  stringOf,
  textOf,
  valueOf,
  type JsonNode,
  type JsonObject,
} from './json-node.js';
import { stateOf } from './words.js';

/**
 * The state, or DEFERRED where nobody can know it: such a ticket must neither start nor count as done,
 * and its dependents wait for it with the reason in view.
 */
export function readState(
  { node, id, idAt }: Entry,
  findings: Findings,
): { readonly state: TicketState; readonly unreadable?: string } {
  const given = valueOf(node, 'state');
  const hint = 'Write UNPROCESSED, IN_PROGRESS, COMPLETED or DEFERRED.';
  if (!isGiven(given)) {
    const message = `${id} has no state; it will not run`;
    findings.add({
      ...{
        severity: 'error',
        code: 'index/no-state',
        offset: valueOf(node, 'state')?.start ?? idAt,
      },
      ...{ message, hint, ticket: id, many: 'tickets have no state and will not run' },
    });
    return { state: 'DEFERRED', unreadable: 'the index gives it no state' };
  }
  const word = stringOf(given);
  const meaning = word === undefined ? undefined : stateOf(word);
  const value = word ?? describeNode(given);
  if (meaning === undefined) {
    const message = `the state of ${id} is ${JSON.stringify(value)}, which is none; it will not run`;
    findings.add({
      ...{ severity: 'error', code: 'index/bad-state', offset: given.start },
      ...{ message, hint, value, ticket: id },
    });
    return { state: 'DEFERRED', unreadable: `its state in the index is ${JSON.stringify(value)}` };
  }
  if (!meaning.isExact) {
    findings.add({
      severity: 'warning',
      code: 'index/odd-state',
      offset: given.start,
      message: `the state of ${id} is ${JSON.stringify(value)}; read as ${meaning.value}`,
      hint,
      value,
      ticket: id,
      many: `tickets have the state ${JSON.stringify(value)}, read as ${meaning.value}`,
    });
  }
  return { state: meaning.value };
}

const REASON_FIELDS = ['defer_reason', 'deferReason', 'deferredReason', 'deferred_reason'];

/** Why a ticket was deferred, wherever an index keeps that. */
export function readDeferReason(node: JsonObject): string | undefined {
  for (const field of REASON_FIELDS) {
    const reason = reasonText(valueOf(node, field));
    if (reason !== undefined) return reason;
  }
  // Upstream's progress command keeps the reason in `notes`, which otherwise holds anything.
  return stateOf(stringOf(valueOf(node, 'state')) ?? '')?.value === 'DEFERRED'
    ? reasonText(valueOf(node, 'notes'))
    : undefined;
}

function reasonText(node: JsonNode | undefined): string | undefined {
  if (node?.kind !== 'object') return textOf(node);
  const text = (key: string) => textOf(valueOf(node, key));
  const category = text('category');
  const message = text('message') ?? text('reason') ?? text('blocker') ?? text('last_error');
  if (category === undefined || message === undefined) return message ?? category;
  return `${category}: ${message}`;
}
