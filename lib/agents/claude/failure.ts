import type { Failure } from '../../model/failure.js';
import type { ProcessEnd } from '../../process/process-spec.js';
import { exitFailure, isEndedByUs, startFailure } from '../start-failure.js';
import { troubleOf, type TroubleKind } from '../trouble.js';

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
  if (isEndedByUs(end)) return undefined;
  const notStarted = startFailure(agent, ended);
  if (notStarted) return notStarted;
  if (result && !result.ok) return reported(agent, result);
  if (result) return undefined;
  if (end.kind !== 'exited') return undefined;
  // SIGINT between two calls of the API ends it with code 0 and no report.
  return exitFailure(agent, 'its closing report', end.code, tail);
}

/** How its user gives it an account. */
const LOG_IN = 'Call `claude` and use /login, or set ANTHROPIC_API_KEY; then start again.';

function reported(agent: string, result: ClaudeResult): Failure {
  const { status, subtype, terminalReason, message } = result;
  const failure = (kind: TroubleKind) => troubleOf({ agent, logIn: LOG_IN }, kind, message);
  const kind = kindOf(result);
  if (kind !== 'other') return failure(kind);
  const said = message === '' ? '' : `: ${message}`;
  const named = (what: string): Failure => ({
    code: 'agent/reported-failure',
    message: `${agent} ${what}${said}`,
  });
  if (terminalReason.startsWith('aborted')) return named('was interrupted');
  if (subtype === 'error_max_turns') return named('used up its number of turns');
  if (subtype === 'error_max_budget_usd') return named('used up its budget');
  if (status === undefined && terminalReason === 'api_error') return failure('unreachable');
  return failure('other');
}

function kindOf({ status, apiError, message }: ClaudeResult): TroubleKind {
  if (status === 401 || apiError === 'authentication_failed' || /^Not logged in/.test(message)) {
    return 'not-logged-in';
  }
  if (apiError === 'billing_error' || /credit balance/i.test(message)) return 'quota-gone';
  if (status === 429 || apiError === 'rate_limit') return 'rate-limited';
  if (status === 529 || apiError === 'overloaded') return 'overloaded';
  if (status === 413 || /prompt is too long|exceeds? .*context/i.test(message)) {
    return 'context-too-long';
  }
  if (/appears to violate our usage policy/i.test(message)) return 'refused';
  if (status === 403) return 'forbidden';
  if (status !== undefined && status >= 500) return 'server-error';
  return 'other';
}
