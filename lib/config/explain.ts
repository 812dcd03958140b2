import type { SettingList } from '../model/answer-schemas.js';
import { unsetByDefault } from './defaults.js';
import { configVariables } from './overrides.js';
import type { ConfigReading, Settings } from './read.js';

type Setting = SettingList['settings'][number];

/** Flags by the path of what they override. */
const FLAGS: Readonly<Record<string, string>> = {
  agent: '--agent',
  parallel: '--parallel',
  schedule: '--schedule',
  order: '--order',
  verify: '--verify',
  'limits.maxCostUsd': '--max-cost',
};

/** Every setting with its value and where that comes from, by name; those that are not set, too. */
export function explainSettings(
  { config, origins }: Settings,
  places: ConfigReading['places'] = {},
): Setting[] {
  const values = new Map<string, unknown>(unsetByDefault.map((key) => [key, undefined]));
  for (const [key, value] of leavesOf(config)) values.set(key, value);
  return [...values]
    .map(([key, value]) => settingOf(key, value, origins[key] ?? 'default', places))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

function settingOf(
  key: string,
  value: unknown,
  origin: Setting['origin'],
  places: NonNullable<ConfigReading['places']>,
): Setting {
  const where = whereOf(key, origin, places);
  return { key, value, origin, ...(where === undefined ? {} : { where }) };
}

function whereOf(
  key: string,
  origin: Setting['origin'],
  places: NonNullable<ConfigReading['places']>,
): string | undefined {
  if (origin === 'flag') return FLAGS[key];
  if (origin === 'environment') {
    const variable = Object.entries(configVariables).find(([, { path }]) => path === key);
    return variable && `$${variable[0]}`;
  }
  const place = places[key];
  return origin === 'file' && place ? `${place.file}:${place.line ?? 1}` : undefined;
}

/** A list is one value; a map without entries is none. */
function leavesOf(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path ? `${path}.${key}` : key),
  );
}
