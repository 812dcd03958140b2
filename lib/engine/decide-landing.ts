import { withTrailers } from '../model/commit-trailers.js';
import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import type { Verdict } from '../model/work.js';
import { FAULTS_ALLOWED } from './apply-landing.js';
import type { LandingState, RunState } from './state.js';
import { isCancelled, logHint, ticketRun } from './tickets.js';

type ActiveLanding = NonNullable<LandingState['active']>;

/** The next step of the ticket in the lander's hand, or the next ticket of the queue. */
export function decideLanding(state: RunState, now: number): EventDraft | undefined {
  const { active, queue } = state.landing;
  if (active) return step(state, active, now);
  const next = queue[0];
  if (next === undefined) return undefined;
  if (isCancelled(state, next)) return released(next, 'cancelled before it landed');
  // The literal form lands a batch when all of it has been worked on; see also decide-dispatch.
  if (state.options.schedule === 'batch' && state.active.size > 0) return undefined;
  return build(state, next, now);
}

function step(state: RunState, active: ActiveLanding, now: number): EventDraft | undefined {
  const { ticket, commit, tree, verdict } = active;
  if (active.step === 'building' || active.step === 'checking' || active.step === 'moving') {
    return undefined;
  }
  if (isCancelled(state, ticket)) return released(ticket, 'cancelled before it landed');
  if (active.step === 'bounced') {
    return active.faults >= FAULTS_ALLOWED
      ? released(ticket, active.failure?.message ?? 'landing failed')
      : build(state, ticket, now);
  }
  if (!commit || !tree) throw new Error(`${ticket} is ${active.step} without a candidate`);
  if (active.step === 'built' && state.options.hasChecks) {
    return {
      type: 'landing.check-started',
      ticket,
      opens: {
        kind: 'checks.run',
        key: `checks/${ticket}/${state.landing.built}`,
        purpose: 'landing',
        ticket,
        commit,
        tree,
      },
    };
  }
  if (verdict?.colour === 'red') return deferred(state, ticket, redFailure(state, verdict));
  return {
    type: 'landing.moving',
    ticket,
    old: active.onto,
    new: commit,
    opens: {
      kind: 'ref.move',
      key: `move/${ticket}/${state.landing.built}`,
      landId: `${state.run}/${ticket}`,
      ticket,
      old: active.onto,
      new: commit,
    },
  };
}

function build(state: RunState, id: TicketId, now: number): EventDraft {
  const { ticket, harvest, attempt } = ticketRun(state, id);
  if (!harvest?.work || !attempt) throw new Error(`${id} is queued for landing without work`);
  const count = state.landing.built + 1;
  return {
    type: 'landing.started',
    ticket: id,
    onto: state.tip,
    opens: {
      kind: 'candidate.build',
      key: `candidate/${id}/${count}`,
      ticket: id,
      attempt,
      work: harvest.work,
      base: harvest.base,
      onto: state.tip,
      commits: state.options.commits === 'keep' ? harvest.commits : [],
      message: withTrailers(ticket.message, [
        ['Closes', `#${id}`],
        ['Land-Id', `${state.run}/${id}`],
      ]),
      at: new Date(now).toISOString(),
      name: `${state.run}/${count}`,
    },
  };
}

function deferred(state: RunState, ticket: TicketId, failure: Failure): EventDraft {
  const { kept } = ticketRun(state, ticket);
  return { type: 'ticket.deferred', ticket, failure, ...(kept ? { kept } : {}) };
}

const released = (ticket: TicketId, why: string): EventDraft => ({
  type: 'ticket.released',
  ticket,
  why,
});

function redFailure(state: RunState, verdict: Verdict): Failure {
  const red = verdict.results.find(({ outcome }) => outcome !== 'passed');
  if (!red) return { code: 'checks/red', message: 'the checks are red' };
  const how =
    red.outcome === 'timed-out'
      ? 'ran into its time limit'
      : `failed twice${red.exitCode === undefined ? '' : ` with exit code ${red.exitCode}`}`;
  return {
    code: 'checks/red',
    message: `${red.command}: ${how} on the tree that would have landed`,
    hint: logHint(state, red.log),
    evidence: red.tail,
  };
}
