import type { Failure } from '../../model/failure.js';
import type { ProcessEnd } from '../../process/process-spec.js';
import { exitFailure, isEndedByUs, startFailure } from '../start-failure.js';
import { troubleOf, type TroubleKind } from '../trouble.js';
import { wordsOf } from './words.js';

/** The closing report of Gemini CLI. Its error has no class but its words. */
export interface GeminiResult {
  readonly ok: boolean;
  readonly message: string;
}

/**
 * Why a call failed, where the CLI says so or keeps silent where it should have spoken; `hopeless` is what it said last
 * before it was given up. Its exit code is an HTTP status modulo 256, or 0 after any signal: it proves nothing.
 */
export function geminiFailure(
  agent: string,
  ended: ProcessEnd,
  result: GeminiResult | undefined,
  hopeless: string | undefined,
): Failure | undefined {
  const { end, tail } = ended;
  if (isEndedByUs(end)) return undefined;
  const notStarted = startFailure(agent, ended);
  if (notStarted) return notStarted;
  if (result?.ok) return undefined;
  const trouble = (said: string) =>
    troubleOf({ agent, logIn: LOG_IN }, kindOf(said), wordsOf(said));
  if (result) return trouble(result.message);
  if (hopeless !== undefined) return trouble(hopeless);
  if (end.kind !== 'exited') return undefined;
  const account = end.code === 0 ? null : NO_ACCOUNT.exec(tail);
  if (account) return troubleOf({ agent, logIn: LOG_IN }, 'not-logged-in', account[0].trim());
  // SIGTERM and SIGINT end it with code 0 and no report.
  return exitFailure(agent, 'its closing report', end.code, tail);
}

/** How its user gives it an account; an endpoint of one's own is used only by who has chosen the key for good. */
const LOG_IN =
  'Call `gemini` and choose an account, or set GEMINI_API_KEY (with GOOGLE_GEMINI_BASE_URL also `security.auth.selectedType` in ~/.gemini/settings.json); then start again.';

/** What it says of its account on standard error, before there is any stream. */
const NO_ACCOUNT =
  /^.*(?:Please set an Auth method|Invalid auth method|you must specify the GEMINI_API_KEY|you must specify either|authentication type is|no authentication is configured|Error authenticating).*$/m;

/** By the words, the telling ones first: a refused key is a 400, and a daily quota a 429 as any limit is. */
function kindOf(said: string): TroubleKind {
  return KINDS.find(([, words]) => words.test(said))?.[0] ?? 'other';
}

const code = (status: string) => `"code":\\s*${status}\\b|^${status}\\b`;

const KINDS: readonly (readonly [TroubleKind, RegExp])[] = [
  [
    'not-logged-in',
    new RegExp(`UNAUTHENTICATED|API.key.(not.valid|expired)|API_KEY_INVALID|${code('401')}`, 'i'),
  ],
  [
    'quota-gone',
    /exhausted your daily quota|PerDay|limit:\s*0(?![.\d])|CREDITS|prepayment|billing (account|to be enabled)/i,
  ],
  [
    'context-too-long',
    /input token count.*exceeds|exceeds the maximum number of (input )?tokens|exceeded the token limit/i,
  ],
  ['refused', /response was blocked|PROHIBITED_CONTENT/i],
  ['forbidden', new RegExp(`PERMISSION_DENIED|${code('403')}`)],
  ['overloaded', new RegExp(`overloaded|CAPACITY_E|no capacity|UNAVAILABLE|${code('503')}`, 'i')],
  [
    'rate-limited',
    new RegExp(
      `RESOURCE_EXHAUSTED|quota|exhausted your capacity|rate.limit|${code('429')}|Suggested retry after`,
      'i',
    ),
  ],
  ['server-error', new RegExp(`"INTERNAL"|DEADLINE_EXCEEDED|^5xx|${code('5\\d\\d')}`)],
  [
    'unreachable',
    /fetch failed|terminated|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|UND_ERR|socket|premature close|incomplete json/i,
  ],
];
