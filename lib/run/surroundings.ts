import type { ChosenAgent } from '../agents/choose.js';
import type { KeyReading } from '../config/read-keys.js';
import type { Repository } from '../git/places.js';
import type { AgentMessage } from '../model/agent.js';
import type { Clock } from '../model/clock.js';
import type { Config } from '../model/config.js';
import type { Result } from '../model/failure.js';
import type { AttemptAddress } from '../model/ids.js';

/** What a run needs from the machine and the user, as values: made once, by cli/stream. */
export interface Surroundings {
  readonly repository: Repository;
  readonly clock: Clock;
  /** The user's environment; children get what their allow-lists name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where lanes live: `$XDG_STATE_HOME/sage/<name>-<hash>`. */
  readonly lanesRoot: string;
  /** The node that runs the warden, and the warden's compiled entry. */
  readonly node: string;
  readonly wardenEntry: string;
  /** The folder of our own prompt templates. */
  readonly templates: string;
  readonly onMessage: (attempt: AttemptAddress, message: AgentMessage) => void;
  /** The keys of the configured pools, read once by each process. */
  keys(config: Config): Promise<KeyReading>;
  /** The first check command found in the project, for a hint. */
  suggestChecks(): Promise<string | undefined>;
  /** The name of the agent for a ticket that asks for `own`, or for none. */
  agentName(config: Config, own?: string): Promise<Result<string>>;
  /** The agent behind a name. */
  agent(config: Config, name: string): Promise<Result<ChosenAgent>>;
}
