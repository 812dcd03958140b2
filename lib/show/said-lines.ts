import type { ChalkInstance } from 'chalk';
import type { AgentMessage } from '../model/agent.js';
import { ticketOf, type AttemptAddress } from '../model/ids.js';
import { aboutIn } from './about.js';
import { activityLines } from './activity-text.js';

/** What only counts, or is told by an event. */
const UNTOLD: ReadonlySet<AgentMessage['type']> = new Set(['session', 'usage', 'ended']);

/**
 * What an agent says as whole lines, each with its ticket before it (`[issue-42] …`), however many agents speak at once.
 * Escape sequences are left out; what a carriage return began anew (a progress bar) is a line of its own.
 */
export function saidLines(
  attempt: AttemptAddress,
  message: AgentMessage,
  paint: ChalkInstance,
): string[] {
  if (UNTOLD.has(message.type)) return [];
  const about = aboutIn(paint);
  const ticket = ticketOf(attempt);
  return activityLines(message, paint)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .flatMap((line) => about(ticket, line));
}
