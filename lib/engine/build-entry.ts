import { withTrailers } from '../model/commit-trailers.js';
import type { EventDraft } from '../model/event.js';
import type { Oid, TicketId } from '../model/ids.js';
import type { CandidateBuild } from '../model/intent.js';
import { candidates, endOf } from './chain.js';
import type { LandingEntry, LandingWait } from './landing-state.js';
import type { RunState } from './state.js';
import { ticketRun } from './tickets.js';

/** Builds what would land, behind the first `length` entries of the chain, which are built. */
export function buildEntry(
  state: RunState,
  entry: LandingEntry | LandingWait,
  length: number,
  now: number,
): EventDraft {
  const { ticket } = entry;
  const onto = endOf(state, length);
  if (!onto) throw new Error(`${ticket} is built onto something that is not built`);
  const count = state.landing.built + 1;
  return {
    type: 'landing.started',
    ticket,
    onto,
    opens: {
      kind: 'candidate.build',
      key: `candidate/${ticket}/${count}`,
      ticket,
      ...whatToMerge(state, entry),
      onto,
      ...(length > 0 ? { tip: state.tip, ahead: candidates(state, length) } : {}),
      at: new Date(now).toISOString(),
      name: `${state.run}/${count}`,
    },
  };
}

type Merge = Pick<CandidateBuild, 'attempt' | 'work' | 'base' | 'isOnWork' | 'commits' | 'message'>;

function whatToMerge(state: RunState, { ticket: id, intake }: LandingEntry | LandingWait): Merge {
  const landId = ['Land-Id', `${state.run}/${id}`] as const;
  if (intake) {
    const { from, target } = intake;
    const subject = `chore(intake): merge ${state.target} at ${target.slice(0, 12)}`;
    return { work: target, base: from, commits: [], message: withTrailers(subject, [landId]) };
  }
  const { ticket, harvest, attempt } = ticketRun(state, id);
  if (!harvest?.work || !attempt) throw new Error(`${id} is queued for landing without work`);
  return {
    attempt,
    work: harvest.work,
    base: harvest.base,
    ...(isOnWork(state, id, harvest.base) ? { isOnWork: true } : {}),
    commits: state.options.commits === 'keep' ? harvest.commits : [],
    message: withTrailers(ticket.message, [['Closes', `#${id}`], landId]),
  };
}

/** Begun on another ticket's work of the same epic. */
const isOnWork = (state: RunState, id: TicketId, base: Oid) =>
  state.parts.get(id)?.tickets.some((other) => state.tickets.get(other)?.harvest?.work === base) ===
  true;
