import { createHash } from 'node:crypto';
import type { Config } from '../model/config.js';
import type { Diagnostic } from '../model/diagnostic.js';
import { CONFIG_FILE } from './find.js';
import { readKeySource, type KeySources } from './key-source.js';

/** The keys of an agent, as they are handed to it. */
export interface KeyRing {
  readonly agent: string;
  /** The variable in which it finds its key. */
  readonly variable: string;
  /** `key-1`, `key-2`, … in the order given. */
  readonly keys: readonly { readonly id: string; readonly value: string }[];
}

export interface KeyReading {
  readonly rings: readonly KeyRing[];
  /** Faults and warnings of all pools at once; they name ids and places, never a value. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A shorter one is a mistake, and could not be kept out of what is printed. */
const SHORTEST_KEY = 8;

/** Reads the keys of all pools. Nothing is done where no pool is configured. */
export async function readKeys(
  credentials: Config['credentials'] | undefined,
  sources: KeySources,
): Promise<KeyReading> {
  const pools = await Promise.all(
    Object.entries(credentials ?? {}).map(async ([agent, { variable, from }]) => {
      const found = await readKeySource(from, sources);
      const keys = found.keys.map(({ value, place }, index) => ({
        id: `key-${index + 1}`,
        value,
        place,
      }));
      const isEmpty = keys.length === 0 && found.faults.length === 0;
      const faults = [
        ...found.faults,
        ...(isEmpty ? ['there is no key in it'] : []),
        ...keys.flatMap((key, index) => faultsOf(key, keys.slice(0, index))),
      ];
      return {
        ring: { agent, variable, keys: keys.map(({ id, value }) => ({ id, value })) },
        diagnostics: [
          ...faults.map((what) => fault(agent, what)),
          ...found.warnings.map((what) => warning(agent, what)),
        ],
      };
    }),
  );
  return {
    rings: pools.map(({ ring }) => ring),
    diagnostics: pools.flatMap(({ diagnostics }) => diagnostics),
  };
}

interface PlacedKey {
  readonly id: string;
  readonly value: string;
  readonly place: string;
}

function faultsOf({ id, value, place }: PlacedKey, earlier: readonly PlacedKey[]): string[] {
  if (value === '') return [`${id} (${place}) is empty`];
  const twin = earlier.find((key) => key.value === value);
  return [
    ...(value.length < SHORTEST_KEY ? [`${id} (${place}) is too short for a key`] : []),
    // eslint-disable-next-line no-control-regex -- what no variable or header can hold
    ...(/[\u0000-\u001f\u007f]/.test(value) ? [`${id} (${place}) has control characters`] : []),
    ...(twin ? [`${id} (${place}) is the same as ${twin.id} (${twin.place})`] : []),
  ];
}

const fault = (agent: string, what: string): Diagnostic => ({
  severity: 'error',
  code: 'config/credentials',
  ...about(agent, what),
});

const warning = (agent: string, what: string): Diagnostic => ({
  severity: 'warning',
  code: 'config/credentials-open',
  ...about(agent, what),
});

const about = (agent: string, what: string) => ({
  message: `The keys of ${agent}: ${what}.`,
  hint: `Mend \`credentials.${agent}.from\`, or what it names.`,
  where: { file: CONFIG_FILE },
});

/** Tells whether a key is the one that it was, and nothing of what it is: two bytes of a hash of its own for each run. */
export const keyMark = (run: string, value: string): string =>
  createHash('sha256').update(`${run}\0${value}`).digest('hex').slice(0, 4);
