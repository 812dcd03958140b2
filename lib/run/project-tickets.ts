import { join } from 'node:path';
import type { RunState } from '../engine/state.js';
import type { Clock } from '../model/clock.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import type { TicketProject } from '../model/intent.js';
import { projectTickets, type ProjectedChange } from '../tickets/project.js';
import { appendVelocity } from '../tickets/velocity.js';

interface ProjectDeps {
  /** Top of the user's checkout. */
  readonly root: string;
  readonly indexFile: string;
  readonly clock: Clock;
  readonly state: () => RunState;
}

/**
 * The effect that writes ticket states into the checkout's index and the minutes of landed tickets into the velocity
 * log. Doing it again writes the same text; the log gets its line once at most.
 */
export function createTicketProject(deps: ProjectDeps): Effect<'ticket.project'> {
  return {
    async perform(intent) {
      const events = await write(deps, intent);
      await log(deps, intent);
      return events;
    },
    reconcile: (intent) => write(deps, intent),
  };
}

async function write(deps: ProjectDeps, intent: TicketProject): Promise<EventDraft[]> {
  const { projection } = deps.state();
  const left = new Map(projection.done.map(({ ticket, state }) => [ticket, state]));
  const unsure = new Set(projection.unwritten.map(({ ticket }) => ticket));
  const changes = intent.changes.map((change): ProjectedChange => {
    const expected = left.get(change.ticket) ?? 'UNPROCESSED';
    left.set(change.ticket, change.state);
    // Of what could not be written nobody knows what the file says.
    return unsure.has(change.ticket) ? change : { ...change, expected };
  });
  const done = await projectTickets(
    deps.indexFile,
    changes,
    projection.hash === undefined ? {} : { lastWritten: projection.hash },
  );
  const told = {
    type: 'tickets.projected' as const,
    tickets: intent.changes.map(({ ticket }) => ticket),
    closes: intent.key,
  };
  return done.ok
    ? [{ ...told, hash: done.value.hash, notes: done.value.notes }]
    : [{ ...told, notes: [], failure: done.failure }];
}

async function log({ root, clock, state }: ProjectDeps, { changes }: TicketProject): Promise<void> {
  for (const { ticket, state: reached } of changes) {
    const entry = state().tickets.get(ticket);
    if (reached !== 'COMPLETED' || !entry) continue;
    const minutes = (entry.times.attemptMs + entry.times.landingMs) / 60_000;
    // A log that cannot be written costs an estimate, not a run.
    await appendVelocity(
      join(root, '.sage/stream-velocity.log'),
      { id: ticket, minutes },
      clock.now(),
    ).catch(() => undefined);
  }
}
