import type { EventDraft, RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import { intakeName, type Oid } from '../model/ids.js';
import { isProtected } from '../model/protected-branches.js';
import { leaveChain } from './chain.js';
import type { IntakeState, LandingEntry } from './landing-state.js';
import type { RunState } from './state.js';

export type IntakeEvent = Extract<
  RunEvent,
  {
    readonly type:
      'target.asked' | 'target.seen' | 'intake.queued' | 'intake.contained' | 'intake.left';
  }
>;

/**
 * Intake (decision D4): the user's branch moved while the run went on, and is merged into the run's branch as an entry
 * of the chain, so that delivery is a fast-forward again. One that does not fit, or is red, is left, and so is one
 * that lost commits: the delivery says so.
 */
export function applyToIntake(state: RunState, event: IntakeEvent): void {
  const { intake, landing } = state;
  switch (event.type) {
    case 'target.asked':
      intake.look = 'open';
      return;
    case 'target.seen':
      intake.look = 'fresh';
      if (event.tip) intake.seen = event.tip;
      else delete intake.seen;
      return;
    case 'intake.queued': {
      const wait = { from: intake.known, target: event.target };
      landing.queue.unshift({ ticket: event.ticket, intake: wait, faults: 0 });
      intake.known = event.target;
      intake.look = 'none';
      intake.isRewound = false;
      return;
    }
    case 'intake.contained':
      hold(state, leaveChain(state, event.ticket, event.at));
      delete intake.left;
      return;
    case 'intake.left':
      leaveChain(state, event.ticket, event.at);
      leaveIntake(state, event.failure, event.isRewound);
  }
}

/** The run's branch holds what was taken in. */
export function hold({ intake }: RunState, entry: LandingEntry | undefined): void {
  if (entry?.intake) intake.held = entry.intake.target;
}

/** Asked anew, all that the run's branch lacks is looked at again, also what was given up before. */
export const freshIntake = (held: Oid): IntakeState => ({
  known: held,
  held,
  look: 'none',
  isRewound: false,
});

/** Nobody but who asks for a delivery has main and master moved, so nothing of them is taken in before. */
const isLeftAlone = ({ target, reopened }: RunState) => isProtected(target) && !reopened;

export function leaveIntake({ intake }: RunState, failure: Failure, isRewound = false): void {
  intake.left = failure;
  intake.isRewound = isRewound;
}

/** Takes the target in when it was seen to have moved. */
export function decideIntake(state: RunState): EventDraft | undefined {
  const { intake, landing, ending } = state;
  const { seen, known } = intake;
  if (seen === undefined || seen === known || ending !== 'no' || isLeftAlone(state)) {
    return undefined;
  }
  const ticket = intakeName(seen);
  // Back and forth: the same state of the target is still on its way.
  if ([...landing.queue, ...landing.chain].some((entry) => entry.ticket === ticket)) {
    return undefined;
  }
  return { type: 'intake.queued', ticket, target: seen };
}

/** One look at the target before the end, when there is something to deliver into it; `wait`: it is going on. */
export function decideLook(state: RunState): EventDraft | 'wait' | undefined {
  const { intake, target, tip, base, stop } = state;
  if (intake.look === 'open') return 'wait';
  if (intake.look === 'fresh' || tip === base) return undefined;
  if (stop?.mode === 'cancel' || isLeftAlone(state)) return undefined;
  return {
    type: 'target.asked',
    opens: { kind: 'target.look', key: `target/${state.seq}`, target },
  };
}
