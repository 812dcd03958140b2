import type { EventDraft } from '../model/event.js';
import type { IntentKind } from '../model/intent.js';
import { exitCodeOf } from './exit-code.js';
import { decideOverspent } from './decide-budget.js';
import { decideOutage } from './decide-credentials.js';
import { isStartable } from './decide-dispatch.js';
import { decideLook } from './intake.js';
import type { RunState } from './state.js';

/** Nothing starts before the base is known to be green; a red one ends the run with nothing changed. */
export function decideBase(state: RunState): EventDraft | undefined | 'go' {
  switch (state.baseCheck) {
    case 'wanted':
      return {
        type: 'base.check-started',
        opens: {
          kind: 'checks.run',
          key: 'checks/base',
          purpose: 'base',
          lane: state.landing.lanes[0] ?? 'check-1',
          commit: state.base,
          tree: state.baseTree,
        },
      };
    case 'open':
      return undefined;
    case 'red':
      return { type: 'run.finished', exitCode: exitCodeOf(state) };
    default:
      return 'go';
  }
}

/**
 * The end of a run, when nothing is active, landing or startable: what was begun and not finished goes back, the
 * states are written, the tracked index gets its one commit, the branch is delivered.
 */
export function decideEnding(state: RunState, now: number): EventDraft | undefined {
  const { chain, queue } = state.landing;
  if (state.active.size > 0 || chain.length > 0 || queue.length > 0) return undefined;
  // Checks that nobody waits for are being stopped; so is the waiting for keys, unless something waits for one.
  if ([...state.open.values()].some(({ kind }) => kind === 'checks.run' || isOfKeys(kind)))
    return undefined;
  if (state.reopened && state.ending === 'no') return deliverAgain(state);
  if (state.question || isWaiting(state, now)) return undefined;
  if (state.ending === 'no') return wrapUp(state, now);
  return deliver(state);
}

const isOfKeys = (kind: IntentKind) => kind === 'credential.rest' || kind === 'credential.wait';

/** The states were written when the run ended; since then they are the user's, and merged like all that is theirs. */
function deliverAgain(state: RunState): EventDraft | undefined {
  const look = decideLook(state);
  return look ? (look === 'wait' ? undefined : look) : begin(state);
}

/** A run that is paused, or asks before it starts something, does not end as long as a ticket could start. */
function isWaiting(state: RunState, now: number): boolean {
  const { paused, confirm, ending, stop } = state;
  const isHeld = paused !== undefined || (confirm !== undefined && ending === 'no');
  return isHeld && stop === undefined && isStartable(state, now);
}

function wrapUp(state: RunState, now: number): EventDraft | undefined {
  const lack = decideOutage(state, true) ?? decideOverspent(state);
  if (lack) return lack;
  for (const [id, ticket] of state.tickets) {
    if (ticket.phase === 'waiting' && ticket.attempts > 0) {
      const why = state.stop
        ? 'the run was stopped before it could be tried again'
        : 'it could not be tried again';
      return { type: 'ticket.released', ticket: id, why };
    }
  }
  if (state.projection.pending.length > 0) return undefined;
  const look = decideLook(state);
  if (look) return look === 'wait' ? undefined : look;
  if (state.projection.done.length === 0) {
    return { type: 'run.finished', exitCode: exitCodeOf(state) };
  }
  return {
    type: 'bookkeeping.started',
    opens: {
      kind: 'index.commit',
      key: 'bookkeeping',
      onto: state.tip,
      message: `chore(tickets): record the states of ${state.branch}\n\nLand-Id: ${state.run}/bookkeeping\n`,
      at: new Date(now).toISOString(),
    },
  };
}

function deliver(state: RunState): EventDraft | undefined {
  switch (state.ending) {
    case 'booked': {
      if (!state.bookkeeping) throw new Error('bookkeeping is ready without a commit');
      const move = { old: state.tip, new: state.bookkeeping };
      const landId = `${state.run}/bookkeeping`;
      return {
        type: 'bookkeeping.moving',
        ...move,
        opens: { kind: 'ref.move', key: 'move/bookkeeping', landId, ...move },
      };
    }
    case 'moved':
      return begin(state);
    case 'delivered':
      return { type: 'run.finished', exitCode: state.reopened?.exitCode ?? exitCodeOf(state) };
    default:
      return undefined;
  }
}

/** The delivery, or why there is none. */
function begin(state: RunState): EventDraft {
  if (state.tip === state.base) {
    return { type: 'run.delivered', how: 'nothing', why: 'nothing landed' };
  }
  if (state.stop?.mode === 'cancel') {
    const command = `sage deliver ${state.run}`;
    return { type: 'run.delivered', how: 'left', why: 'the run was cancelled', command };
  }
  if (state.intake.isRewound && state.intake.left) {
    const why = state.intake.left.message;
    return { type: 'run.delivered', how: 'left', why, command: `git merge ${state.branch}` };
  }
  return {
    type: 'run.delivering',
    opens: {
      kind: 'run.deliver',
      key: 'deliver',
      tip: state.tip,
      target: state.target,
      ...(state.reopened ? { mayMoveProtected: true } : {}),
    },
  };
}
