import { readFile } from 'node:fs/promises';
import type { RunEvent } from '../../model/event.js';
import { ticketOf } from '../../model/ids.js';
import { proof, type Proof } from './proof.js';

/**
 * Compares what the agents wrote down of their calls with the journal: an agent was called as often as that was
 * announced at most, and a ticket whose agent had ended got no other one, unless what it made conflicted when it was to
 * land.
 */
export async function checkCalls(events: readonly RunEvent[], file: string): Promise<Proof> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const made = text.split('\n').filter(Boolean);
  const told = tell(events);
  const faults = [
    ...[...new Set(made)].flatMap((attempt) => {
      const calls = made.filter((one) => one === attempt).length;
      const announced = told.announced.filter((one) => one === attempt).length;
      if (calls <= announced) return [];
      return announced === 0
        ? [`the call of ${attempt} is not in the journal`]
        : [`${attempt} was called ${calls} times, ${announced} of them in the journal`];
    }),
    ...[...told.ended]
      .filter((attempt) => !made.includes(attempt))
      .map((attempt) => `the agent of ${attempt} ended and was never called`),
    ...told.again.map((attempt) => `${attempt} was called although an agent had done its work`),
  ];
  const words = `${told.announced.length} agent calls in the journal, ${made.length} by the agents' own count; ${told.ended.size} came to their end, and none of these was made again`;
  return proof(words, faults);
}

interface Calls {
  /** The address of the attempt, for each call. */
  readonly announced: readonly string[];
  /** Those whose agent ended by itself. */
  readonly ended: ReadonlySet<string>;
  /** Those that were announced after an agent of their ticket had ended, without a conflict. */
  readonly again: readonly string[];
}

function tell(events: readonly RunEvent[]): Calls {
  const announced: string[] = [];
  const ended = new Set<string>();
  const again: string[] = [];
  /** Tickets for which an agent has done the work. */
  const done = new Set<string>();
  for (const event of events) {
    if (event.type === 'landing.conflicted') done.delete(event.ticket);
    if (event.type === 'agent.called') {
      announced.push(event.attempt);
      if (done.has(ticketOf(event.attempt))) again.push(event.attempt);
    }
    if (event.type === 'agent.finished' && event.outcome.end.kind === 'exited') {
      ended.add(event.attempt);
      done.add(ticketOf(event.attempt));
    }
  }
  return { announced, ended, again };
}
