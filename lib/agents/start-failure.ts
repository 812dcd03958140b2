import type { Failure } from '../model/failure.js';
import { isUsedUp } from '../process/patience.js';
import type { ProcessEnd } from '../process/process-spec.js';

/** Why an agent could not be started, in words; nothing when it was. */
export function startFailure(agent: string, { end, tail }: ProcessEnd): Failure | undefined {
  if (end.kind !== 'not-started') return undefined;
  if (/\bENOENT\b/.test(tail) && !/"cwd" option/.test(tail)) {
    return {
      code: 'agent/not-found',
      message: `the agent ${agent} could not be started: ${lastLine(tail)}`,
      hint: 'Install it, or name another one with `--agent` or `agent:` in .sage/config.yaml.',
    };
  }
  return {
    code: 'agent/crashed',
    message: `the agent ${agent} could not be started: ${tail.trim().replace(/\s+/g, ' ')}`,
    // The machine was out of processes, memory or files: it may have some later.
    ...(isUsedUp(tail) ? { retryable: true } : {}),
  };
}

/** We ended it ourselves, and know why. */
export const isEndedByUs = ({ kind }: ProcessEnd['end']): boolean =>
  kind === 'cancelled' || kind === 'timed-out' || kind === 'silent';

/** Of one that exited without the report, named in words, that closes its output: with code 0 a signal interrupted it. */
export function exitFailure(agent: string, report: string, code: number, tail: string): Failure {
  if (code === 0) {
    return {
      code: 'agent/reported-failure',
      message: `${agent} ended without ${report}: it was interrupted`,
    };
  }
  return crash(agent, code, tail);
}

/** What it said last is all that is known of it. */
export const crash = (agent: string, code: number, tail: string): Failure => ({
  code: 'agent/crashed',
  message: `${agent} ended with exit code ${code}: ${lastLine(tail) || 'it said nothing'}`,
  ...(tail === '' ? {} : { evidence: tail }),
});

/** The last line that says something. */
export const lastLine = (text: string) => text.trim().split('\n').at(-1)?.trim() ?? '';
