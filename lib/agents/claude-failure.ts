import type { Failure } from '../model/failure.js';
import type { ProcessEnd } from '../process/process-spec.js';
import { lastLine, startFailure } from './start-failure.js';

/** The closing report of Claude Code. Its `subtype` says `success` for API errors, too: only `is_error` counts. */
export interface ClaudeResult {
  readonly ok: boolean;
  readonly message: string;
  readonly subtype: string;
  readonly terminalReason: string;
  /** HTTP status of the API error. */
  readonly status?: number;
  readonly apiError?: string;
}

/** Why a call failed, where the CLI says so or keeps silent where it should have spoken. */
export function claudeFailure(
  agent: string,
  ended: ProcessEnd,
  result: ClaudeResult | undefined,
): Failure | undefined {
  const { end, tail } = ended;
  // We ended it ourselves, and know why.
  if (end.kind === 'cancelled' || end.kind === 'timed-out' || end.kind === 'silent')
    return undefined;
  const notStarted = startFailure(agent, ended);
  if (notStarted) return notStarted;
  if (result && !result.ok) return reported(agent, result);
  if (result) return undefined;
  // SIGINT between two calls of the API ends it with code 0 and no report.
  if (end.kind === 'exited' && end.code === 0) {
    return {
      code: 'agent/reported-failure',
      message: `${agent} ended without its closing report: it was interrupted`,
    };
  }
  if (end.kind !== 'exited') return undefined;
  return {
    code: 'agent/crashed',
    message: `${agent} ended with exit code ${end.code}: ${lastLine(tail) || 'it said nothing'}`,
    ...(tail === '' ? {} : { evidence: tail }),
  };
}

function reported(agent: string, result: ClaudeResult): Failure {
  const said = result.message === '' ? '' : `: ${result.message}`;
  const failure = (what: string, more: Pick<Failure, 'hint' | 'retryable'> = {}): Failure => ({
    code: 'agent/reported-failure',
    message: `${agent} ${what}${said}`,
    ...more,
  });
  const { status, apiError, subtype, terminalReason, message } = result;
  if (status === 401 || apiError === 'authentication_failed' || /^Not logged in/.test(message)) {
    return failure('is not logged in', {
      hint: 'Call `claude` and use /login, or set ANTHROPIC_API_KEY; then start again.',
    });
  }
  if (apiError === 'billing_error' || /credit balance/i.test(message)) {
    return failure('cannot be paid', { hint: 'Look at the billing page of the account.' });
  }
  if (status === 429 || apiError === 'rate_limit') {
    return {
      ...failure('hit a rate or usage limit', {
        retryable: true,
        hint: 'Wait until the limit is reset, or run fewer agents at once (`--parallel`).',
      }),
      code: 'agent/rate-limited',
    };
  }
  if (status === 529 || apiError === 'overloaded') {
    const busy = failure('found the API overloaded', { retryable: true });
    return { ...busy, code: 'agent/rate-limited' };
  }
  if (status === 403) {
    return failure('was refused by the API (403)', {
      hint: 'The account or key may not use this model or endpoint.',
    });
  }
  if (status !== undefined && status >= 500) {
    return failure(`got no answer from the API (${status})`, { retryable: true });
  }
  if (terminalReason.startsWith('aborted')) return failure('was interrupted');
  if (subtype === 'error_max_turns') return failure('used up its number of turns');
  if (subtype === 'error_max_budget_usd') return failure('used up its budget');
  if (status === undefined && terminalReason === 'api_error') {
    return failure('could not reach the API', { retryable: true });
  }
  return failure('reported an error');
}
