import type { AttemptAddress, LaneName, RunId, TicketId } from '../model/ids.js';
import type { AgentAdapter } from './adapter.js';

type Variables = Readonly<Record<string, string>>;

/** What any program needs to work at all: places, language, terminal, proxies and their certificates. */
const COMMON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|LANG|LANGUAGE|LC_[A-Z]+|XDG_[A-Z_]+|(https?|all|no|ftp)_proxy|(HTTPS?|ALL|NO|FTP)_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|GIT_SSL_CAINFO)$/;

/** One key, and the variable in which the agent finds it. */
export interface Credential {
  readonly variable: string;
  readonly value: string;
}

interface EnvironmentRequest {
  /** The user's whole environment. */
  readonly variables: Variables;
  readonly adapter: Pick<AgentAdapter, 'needs'>;
  /** `agents.<name>.environment`: further names that it may see. */
  readonly names: readonly string[];
  /** Variables that hold keys of pools: they never pass by themselves. */
  readonly withheld: ReadonlySet<string>;
  /** The key that it is called with. */
  readonly credential?: Credential;
  readonly run: RunId;
  readonly ticket: TicketId;
  readonly attempt: AttemptAddress;
  readonly lane: LaneName;
  readonly portBase: number;
  readonly promptFile: string;
  readonly temporaryFolder: string;
  readonly outbox: string;
  readonly identity: { readonly name: string; readonly email: string };
}

/**
 * The complete environment of an agent: the user's variables that are on the allow-list, needed by the adapter or named
 * in the configuration, the key that is leased to it, and ours. Nothing else: no tokens that happen to lie about, no ssh agent, nothing of the
 * session that sage itself may be running in.
 */
export function agentEnvironment(request: EnvironmentRequest): Record<string, string> {
  const { variables, adapter, names, withheld, credential, identity } = request;
  const allowed = Object.entries(variables).filter(
    ([name]) =>
      !withheld.has(name) &&
      (COMMON.test(name) || adapter.needs(name, variables) || names.includes(name)),
  );
  return {
    ...Object.fromEntries(allowed),
    ...(credential ? { [credential.variable]: credential.value } : {}),
    SAGE_TICKET: request.ticket,
    SAGE_RUN: request.run,
    SAGE_ATTEMPT: request.attempt,
    SAGE_LANE: request.lane,
    SAGE_PORT_BASE: String(request.portBase),
    SAGE_PROMPT_FILE: request.promptFile,
    SAGE_OUTBOX: request.outbox,
    TMPDIR: request.temporaryFolder,
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
    GIT_TERMINAL_PROMPT: '0',
    // A gc beside committing siblings loses objects.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'gc.auto',
    GIT_CONFIG_VALUE_0: '0',
    GIT_CONFIG_KEY_1: 'maintenance.auto',
    GIT_CONFIG_VALUE_1: 'false',
  };
}
