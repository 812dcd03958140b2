import type { Oid, TicketId } from '../model/ids.js';
import type { UnfinishedRun } from '../model/plan.js';
import type { RunOptions } from '../model/run.js';
import type { Ticket } from '../model/ticket.js';
import type { Duration } from './estimate.js';

/** What of the options a plan depends on. */
export type PlanOptions = Pick<
  RunOptions,
  'schedule' | 'order' | 'conflictsRunning' | 'requestedSlots' | 'limit'
> & {
  readonly hierarchy: 'containers' | 'literal';
  /** epic: tickets of an epic are worked on one after another and land together (engine/epics). Default: ticket. */
  readonly isolation?: 'ticket' | 'epic';
  /** Run only these; what they wait for must be done already. */
  readonly only?: readonly TicketId[];
  /** Run only tickets of these components (as {@link Ticket.component}). */
  readonly components?: readonly string[];
};

/** Everything a plan is made from. */
export interface PlanInput {
  /** In index order. */
  readonly tickets: readonly Ticket[];
  readonly options: PlanOptions;
  readonly cpus: number;
  readonly base?: Oid;
  /** COMPLETED tickets whose landed work the base does not hold: they satisfy nothing. */
  readonly undelivered?: ReadonlySet<TicketId>;
  /** A run without an end, with all its tickets. */
  readonly unfinished?: UnfinishedRun;
  /** How long earlier tickets took. */
  readonly history?: readonly Duration[];
  /** A cryptographic hash of texts, as if they were one, as text: for the plan's id. */
  readonly hash: (pieces: Iterable<string>) => string;
}
