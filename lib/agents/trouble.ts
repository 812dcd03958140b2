import type { Failure } from '../model/failure.js';

/** What can be wrong with a call of an agent, whatever its CLI; each has its own reaction. */
export type TroubleKind =
  | 'rate-limited'
  | 'quota-gone'
  | 'overloaded'
  | 'not-logged-in'
  | 'forbidden'
  | 'context-too-long'
  | 'refused'
  | 'no-sandbox'
  | 'unreachable'
  | 'server-error'
  | 'other';

/** The CLI that is in trouble. */
export interface Troubled {
  /** The agent's name in the configuration. */
  readonly agent: string;
  /** How its user gives it an account, as a sentence. */
  readonly logIn: string;
}

type Kind = Omit<Failure, 'message'> & { readonly what: string };

const OTHER: Kind = { code: 'agent/reported-failure', what: 'reported an error' };

/** The failure of a kind, in the same words for every CLI; `said` is what the CLI said about it. */
export function troubleOf({ agent, logIn }: Troubled, kind: TroubleKind, said: string): Failure {
  const { what, ...rest } = KINDS[kind];
  const failure = { ...rest, message: `${agent} ${what}${said === '' ? '' : `: ${said}`}` };
  return kind === 'not-logged-in' ? { ...failure, hint: logIn } : failure;
}

/** Until when the API refuses, where it said so of the limit that ended a call. */
export const limitOf = (
  failure: Failure | undefined,
  until: string | undefined,
): { readonly limitedUntil?: string } =>
  failure?.code === 'agent/rate-limited' && until !== undefined ? { limitedUntil: until } : {};

const KINDS: Readonly<Record<TroubleKind, Kind>> = {
  'rate-limited': {
    code: 'agent/rate-limited',
    what: 'hit a rate or usage limit',
    hint: 'Wait until the limit is reset, or run fewer agents at once (`--parallel`).',
    retryable: true,
  },
  'quota-gone': {
    code: 'agent/quota-gone',
    what: 'cannot be paid',
    hint: 'Look at the billing page or the plan of the account.',
  },
  overloaded: {
    code: 'agent/overloaded',
    what: 'found the API overloaded',
    hint: 'It may answer again in a few minutes.',
    retryable: true,
  },
  'not-logged-in': { code: 'agent/not-logged-in', what: 'is not logged in' },
  forbidden: {
    code: 'agent/forbidden',
    what: 'was refused by the API (403)',
    hint: 'The account or key may not use this model or endpoint.',
  },
  'context-too-long': {
    code: 'agent/context-too-long',
    what: 'ran out of context',
    hint: 'Split the ticket, or name fewer documents in it.',
  },
  refused: {
    code: 'agent/refused',
    what: 'was refused by the model',
    hint: 'Say the ticket otherwise, or give it to another agent (`agent:` in the ticket).',
  },
  'no-sandbox': {
    code: 'agent/no-sandbox',
    what: 'cannot start its sandbox on this machine, so none of its tools ran',
    hint: 'Let it make user namespaces (in a container: a seccomp profile that allows them), or say `access: full` where the lane is contained otherwise.',
  },
  unreachable: {
    code: 'agent/unreachable',
    what: 'could not reach the API',
    hint: 'Look at the network, the proxy and the address of the endpoint.',
    retryable: true,
  },
  'server-error': {
    code: 'agent/unreachable',
    what: 'got no answer from the API',
    hint: 'It may answer again in a few minutes.',
    retryable: true,
  },
  other: OTHER,
};
