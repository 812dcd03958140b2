import type { Config, ConfigOrigin } from '../model/config.js';
import type { Diagnostic } from '../model/diagnostic.js';
import { Refusal, type Failure, type Place } from '../model/failure.js';
import { defaultConfig } from './defaults.js';
import { findConfig } from './find.js';
import { readOverrides, type Overrides } from './overrides.js';

/** The configuration that holds, and for each value where it came from. */
export interface Settings {
  readonly config: Config;
  /** By path (`limits.ticketMinutes`); what is not listed is a default. */
  readonly origins: Readonly<Record<string, ConfigOrigin>>;
}

/** `settings` is absent when there is any fault; warnings leave it there. */
export interface ConfigReading {
  readonly settings?: Settings;
  /** Where the file sets what it sets, by path. */
  readonly places?: Readonly<Record<string, Place>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a configuration is made from. */
export interface ConfigSources {
  /** Top of the checkout. */
  readonly root: string;
  /** {@link Environment.variables}: only the documented `SAGE_…` ones are looked at. */
  readonly variables: Readonly<Record<string, string>>;
  /** Values from the command line, already validated. */
  readonly flags: Overrides;
}

/** Reads and merges: flag before environment before file before default. All faults are reported together. */
export async function readConfig(sources: ConfigSources): Promise<ConfigReading> {
  const found = await findConfig(sources.root);
  const environment = readOverrides(sources.variables);
  const parsed =
    found.text === undefined
      ? { config: defaultConfig, set: {}, diagnostics: [] }
      : (await import('./parse.js')).parseConfig(found.text);

  const diagnostics = [...found.diagnostics, ...parsed.diagnostics, ...environment.diagnostics];
  if (parsed.config === undefined || diagnostics.some(isFault)) return { diagnostics };

  const origins: Record<string, ConfigOrigin> = {};
  for (const path of Object.keys(parsed.set)) origins[path] = 'file';
  for (const path of Object.keys(environment.overrides)) origins[path] = 'environment';
  for (const path of Object.keys(sources.flags)) origins[path] = 'flag';
  const config = override(override(parsed.config, environment.overrides), sources.flags);
  return { settings: { config, origins }, places: parsed.set, diagnostics };
}

/** The settings of a reading, or a refusal (exit 2) that carries all its faults. */
export function settingsOf(reading: ConfigReading): Settings {
  if (reading.settings) return reading.settings;
  const failures = reading.diagnostics.filter(isFault).map(({ message, hint, where }): Failure => ({
    code: 'config/invalid',
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
  }));
  throw new Refusal(failures, 2);
}

function override(config: Config, overrides: Overrides): Config {
  const { 'limits.maxCostUsd': maxCostUsd, ...top } = overrides;
  const limits = maxCostUsd === undefined ? config.limits : { ...config.limits, maxCostUsd };
  return { ...config, ...top, limits };
}

const isFault = ({ severity }: Diagnostic) => severity === 'critical' || severity === 'error';
