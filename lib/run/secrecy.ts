import type { Credential } from '../agents/environment.js';
import { inheritedSecrets } from '../config/inherited-secrets.js';
import type { Config } from '../model/config.js';
import { createRedaction, type Redaction, type Secret } from '../process/redact.js';
import type { Surroundings } from './surroundings.js';

/** What a run keeps secret, and whom it hands what. */
export interface Secrecy {
  /** For all that programs print. Absent: there is nothing to keep secret. */
  readonly redaction?: Redaction;
  /** What no work may hold that lands. */
  readonly keys: readonly Secret[];
  secretOf(agent: string, key: string): Credential | undefined;
  /** Variables that hold keys of pools: no agent gets them but by a lease. */
  readonly withheld: ReadonlySet<string>;
}

/** A variable with a shorter value may be a word that any file can hold. */
const SHORTEST_IN_WORK = 16;

/** The keys of the pools and the secrets of the user's environment. */
export async function openSecrecy(
  surroundings: Pick<Surroundings, 'variables' | 'keys'>,
  config: Config,
): Promise<Secrecy> {
  const { rings } = await surroundings.keys(config);
  const leased = rings.flatMap(({ keys }) => keys.map(({ id, value }) => ({ name: id, value })));
  const known = new Set(leased.map(({ value }) => value));
  const inherited = (await inheritedSecrets(surroundings.variables)).filter(
    ({ value }) => !known.has(value),
  );
  const redaction = createRedaction([...leased, ...inherited]);
  return {
    ...(redaction ? { redaction } : {}),
    keys: [...leased, ...inherited.filter(({ value }) => value.length >= SHORTEST_IN_WORK)],
    secretOf(agent, key) {
      const ring = rings.find((one) => one.agent === agent);
      const value = ring?.keys.find(({ id }) => id === key)?.value;
      return ring && value !== undefined ? { variable: ring.variable, value } : undefined;
    },
    withheld: withheldOf(config),
  };
}

/** Absent in runs that an older version began. */
const withheldOf = ({ credentials }: Partial<Config>): ReadonlySet<string> =>
  new Set(
    Object.values(credentials ?? {}).flatMap(({ variable, from }) => [
      variable,
      ...(from.environment ?? []),
    ]),
  );
