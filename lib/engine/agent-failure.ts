import type { Failure } from '../model/failure.js';
import type { AttemptRun, RunState } from './state.js';
import { logHint } from './tickets.js';

/** Why an attempt failed by the way its agent ended; nothing when git and the checks shall decide. */
export function agentFailure(state: RunState, attempt: AttemptRun): Failure | undefined {
  const { outcome } = attempt;
  if (!outcome) return undefined;
  if (outcome.failure) return outcome.failure;
  const { end } = outcome;
  const evidence = outcome.lastMessage ? { evidence: outcome.lastMessage } : {};
  const hint = { hint: logHint(state, outcome.log) };
  switch (end.kind) {
    case 'exited':
      return end.code === 0
        ? undefined
        : {
            code: 'agent/crashed',
            message: `the agent ended with exit code ${end.code}`,
            ...hint,
            ...evidence,
          };
    case 'signalled':
      return {
        code: 'agent/crashed',
        message: `the agent was ended by ${end.signal}, which sage did not send`,
        ...hint,
        ...evidence,
      };
    case 'timed-out':
      return {
        code: 'agent/timed-out',
        message: `the agent worked longer than ${minutes(end.limitMs)} and was stopped`,
        ...hint,
      };
    case 'silent':
      return {
        code: 'agent/silent',
        message: `the agent printed nothing for ${minutes(end.limitMs)} and was stopped`,
        ...hint,
      };
    case 'not-started':
      return {
        code: 'agent/crashed',
        message: 'the agent could not be started',
        ...hint,
        ...evidence,
      };
    case 'cancelled':
      return undefined;
  }
}

const minutes = (ms: number) =>
  ms < 60_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 6_000) / 10} min`;

type Coded = Pick<Failure, 'code'>;

/** The API did not serve now what it may serve later, or to fewer at once. */
export const isThrottle = ({ code }: Coded): boolean =>
  code === 'agent/rate-limited' || code === 'agent/overloaded' || code === 'agent/unreachable';

/** The account, or key, is of no use until somebody does something about it: all its calls would end alike. */
export const isSpending = ({ code }: Coded): boolean =>
  code === 'agent/quota-gone' || code === 'agent/not-logged-in' || code === 'agent/forbidden';

/** What another key may not meet. */
export const isOfKey = (failure: Coded): boolean =>
  failure.code === 'agent/rate-limited' || isSpending(failure);
