import type { Failure } from '../../model/failure.js';
import type { ProcessEnd } from '../../process/process-spec.js';
import { exitFailure, startFailure } from '../start-failure.js';
import { troubleOf, type TroubleKind } from '../trouble.js';

/** What Codex has told of how its call went. */
export interface CodexReport {
  /** The end of its turn. */
  readonly end?: { readonly ok: boolean; readonly message: string };
  /** Why it tries again, where that is the last that it said. */
  readonly retrying?: string;
  /** What its sandbox said instead of running the first command. */
  readonly sandbox?: string;
}

/** How its user gives it an account. */
const LOG_IN =
  'Call `codex login`, or set CODEX_API_KEY (or the variable that its configuration names, listed under `agents.NAME.environment`); then start again.';

/** Why a call failed, where the CLI says so or keeps silent where it should have spoken. Its exit code proves nothing. */
export function codexFailure(
  agent: string,
  ended: ProcessEnd,
  { end: turn, retrying, sandbox }: CodexReport,
): Failure | undefined {
  const { end, tail } = ended;
  const failure = (kind: TroubleKind, said: string) =>
    troubleOf({ agent, logIn: LOG_IN }, kind, said);
  // It waits for as long as a limit says, and for a network without end: its silence has a reason.
  if (end.kind === 'timed-out' || end.kind === 'silent') {
    return retrying === undefined ? undefined : failure(kindOf(retrying), retrying);
  }
  if (end.kind === 'cancelled') return undefined;
  const notStarted = startFailure(agent, ended);
  if (notStarted) return notStarted;
  if (turn && !turn.ok) return failure(kindOf(turn.message), turn.message);
  if (sandbox !== undefined) return failure('no-sandbox', sandbox);
  if (turn) return undefined;
  if (end.kind !== 'exited') return undefined;
  return exitFailure(agent, 'the end of its turn', end.code, tail);
}

/** By the words of its messages, since it tells no codes; the telling ones first. */
const WORDS: readonly (readonly [TroubleKind, RegExp])[] = [
  [
    'not-logged-in',
    /status 401\b|^Missing environment variable|log ?in again|not logged in|refresh token/i,
  ],
  ['quota-gone', /^Quota exceeded|out of credits|^To use Codex with your ChatGPT plan/i],
  ['rate-limited', /usage limit|rate limit|status:? 429\b/i],
  ['overloaded', /at capacity|high demand|overloaded|status 529\b/i],
  ['context-too-long', /context window|status 413\b/i],
  ['refused', /^Invalid prompt|safety|flagged|content_filter|usage polic/i],
  ['forbidden', /status 403\b/],
  ['server-error', /status:? 5\d\d\b/],
  [
    'unreachable',
    /^stream disconnected|error sending request|Connection (?:failed|refused)|timed? ?out/i,
  ],
];

const kindOf = (message: string): TroubleKind =>
  WORDS.find(([, words]) => words.test(message))?.[0] ?? 'other';
