import type { Failure } from '../../model/failure.js';
import type { ProcessEnd } from '../../process/process-spec.js';
import { crash, isEndedByUs, startFailure } from '../start-failure.js';
import { troubleOf, type TroubleKind } from '../trouble.js';

/** What OpenCode said of its last trouble with the API, or that it gave up trying again. */
export interface OpencodeError {
  /** `APIError`, `ProviderAuthError`, `ContextOverflowError`, … */
  readonly name: string;
  readonly message: string;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** From when on the API would listen again, as ISO 8601, where it said so. */
  readonly until?: string;
}

/** How the output ends: nothing closes it but the process's exit. */
export interface OpencodeEnd {
  /** Unless it got over it. */
  readonly error?: OpencodeError;
  /** Why the last step ended: `stop`, `tool-calls`, `length`, `content-filter`, …; nothing when none did, or one is open. */
  readonly reason?: string;
  /** A tool of that step was refused: what for. */
  readonly refusal?: string;
  /** There was an error, perhaps one that it got over. */
  readonly hadError?: boolean;
}

/** Why a call failed, where the CLI says so or ends where it should have gone on. */
export function opencodeFailure(
  agent: string,
  ended: ProcessEnd,
  { error, reason, refusal, hadError = false }: OpencodeEnd,
): Failure | undefined {
  const { end, tail } = ended;
  if (isEndedByUs(end)) return undefined;
  const notStarted = startFailure(agent, ended);
  if (notStarted) return notStarted;
  const failure = (kind: TroubleKind, said: string) =>
    troubleOf({ agent, logIn: LOG_IN }, kind, said);
  if (error)
    return MODEL.test(tail) ? unknownModel(agent, tail) : failure(kindOf(error), saidOf(error));
  if (end.kind !== 'exited') return undefined;
  if (end.code !== 0 && !(hadError && reason === 'stop')) return crash(agent, end.code, tail);
  if (reason === 'content-filter') return failure('refused', 'its answer was held back');
  if (reason === 'tool-calls' && refusal !== undefined) {
    return {
      code: 'agent/permission-needed',
      message: `${agent} stopped in the middle of its work: it ${refusal}`,
    };
  }
  if (reason === undefined || reason === 'tool-calls')
    return cut(agent, 'in the middle of its work');
  if (reason === 'length') return cut(agent, 'in the middle of an answer that was too long');
  return undefined;
}

/** How its user gives it an account. */
const LOG_IN =
  'Call `opencode auth login`, or set the key of the provider (ANTHROPIC_API_KEY, OPENAI_API_KEY, …); then start again.';

/** Its error says no more than "Check server logs", which `--print-logs` puts on standard error. */
const MODEL = /error="ProviderModelNotFoundError: ([^"]+)"/;

const unknownModel = (agent: string, tail: string): Failure => ({
  code: 'agent/reported-failure',
  message: `${agent} reported an error: ${MODEL.exec(tail)?.[1] ?? ''}`,
  hint: `Look whether \`opencode models\` lists it; a provider without a key is left out there. ${LOG_IN}`,
});

const cut = (agent: string, where: string): Failure => ({
  code: 'agent/reported-failure',
  message: `${agent} ended ${where}`,
});

function saidOf({ message, until }: OpencodeError): string {
  return until === undefined ? message : `${message} (until ${until.slice(0, 19)}Z)`;
}

/** Words count where there is no status, and where several kinds share one. */
function kindOf({ name, message, status }: OpencodeError): TroubleKind {
  if (name === 'ProviderAuthError' || status === 401 || KEY.test(message)) return 'not-logged-in';
  if (status === 402 || QUOTA.test(message)) return 'quota-gone';
  if (name === 'ContextOverflowError' || status === 413 || CONTEXT.test(message)) {
    return 'context-too-long';
  }
  if (status === 429 || (status === undefined && RATE.test(message))) return 'rate-limited';
  if (name === 'ContentFilterError' || REFUSAL.test(message)) return 'refused';
  if (status === 403) return 'forbidden';
  if (status === 529 || OVERLOAD.test(message)) return 'overloaded';
  if (status !== undefined && status >= 500) return 'server-error';
  return status === undefined && NETWORK.test(message) ? 'unreachable' : 'other';
}

const KEY = /api key is missing|(incorrect|invalid|no) api key|authentication/i;
const QUOTA =
  /insufficient[_ ]quota|exceeded your current quota|credit balance|billing|usage limit/i;
const CONTEXT = /maximum context length|context[_ ]length|prompt is too long|context window/i;
const RATE = /rate.?limit|too many requests|rate increased too quickly/i;
const REFUSAL = /content[_ -]?(filter|policy)|usage polic/i;
const OVERLOAD = /overloaded|at capacity/i;
const NETWORK =
  /connect|network|socket|fetch failed|terminated|timed? ?out|getaddrinfo|enotfound|econn|eai_again/i;
