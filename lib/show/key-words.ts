import type { KeyLack } from '../model/credential-facts.js';
import { clean } from './clean.js';

/** Why an agent has no key now: all that could be used are in use, or the API refuses them. */
export const lackWords = (agent: string, { kind, keys }: KeyLack): string =>
  `${kind === 'exhausted' ? 'every usable key' : 'each key'} of ${clean(agent)} ${kind === 'exhausted' ? 'is in use' : 'rests or is out'} (${keys.map(clean).join(', ')})`;

/** `14:05:10 UTC`. */
export const timeOf = (at: string): string => `${at.slice(11, 19)} UTC`;
