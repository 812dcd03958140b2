import type { CallRecord } from '../model/call-record.js';
import type { RunEvent } from '../model/event.js';
import { ticketOf, type AttemptAddress, type RunId, type TicketId } from '../model/ids.js';
import { costOfCall } from './costs.js';

type Draft = { -readonly [Key in keyof CallRecord]: CallRecord[Key] };

/** The calls of agents in a journal, in the order in which they ended; one pass over it. */
export function callsOf(run: RunId, events: readonly RunEvent[]): readonly CallRecord[] {
  const calls: Draft[] = [];
  const byAttempt = new Map<AttemptAddress, Draft[]>();
  const latest = new Map<TicketId, AttemptAddress>();
  const settle = (attempt: AttemptAddress | undefined, result: 'landed' | 'failed') => {
    for (const call of (attempt && byAttempt.get(attempt)) ?? []) call.result = result;
  };
  for (const event of events) {
    switch (event.type) {
      case 'attempt.started':
        latest.set(event.ticket, event.attempt);
        byAttempt.set(event.attempt, []);
        break;
      case 'agent.finished': {
        const { attempt, outcome, at } = event;
        const cost = costOfCall(outcome);
        if (cost === undefined) break;
        const { ms, usage, model } = outcome;
        const more = {
          ...(model === undefined ? {} : { model }),
          ...(outcome.isUsagePartial ? { isPartial: true as const } : {}),
        };
        const call = { run, ticket: ticketOf(attempt), attempt, at, ms, usage, ...more, cost };
        calls.push(call);
        byAttempt.get(attempt)?.push(call);
        break;
      }
      case 'attempt.finished':
        if (event.result === 'failed') settle(event.attempt, 'failed');
        break;
      case 'landing.landed':
        settle(latest.get(event.ticket), 'landed');
        break;
      case 'ticket.deferred':
        settle(latest.get(event.ticket), 'failed');
        break;
      default:
    }
  }
  return calls;
}
