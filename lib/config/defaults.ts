import type { Config } from '../model/config.js';

/**
 * What holds where nothing is configured. Written out, not asked of the schema, so that a call without a
 * configuration file never loads zod; a test proves it equal to the schema's own defaults.
 */
export const defaultConfig: Config = {
  agents: {},
  credentials: {},
  parallel: 0,
  schedule: 'rolling',
  order: 'slack',
  setup: { copy: [], run: [] },
  limits: { ticketMinutes: 60, silenceMinutes: 10, checkMinutes: 30 },
  conflicts: { running: 'prefer', attempts: 1 },
  retry: { on: [], attempts: 2 },
  land: { commits: 'squash', verify: 'each' },
  hierarchy: 'containers',
  isolation: 'ticket',
  retention: { logs: { days: 14, runs: 0 }, records: { runs: 1 } },
  notify: { bell: true, on: ['waiting', 'deferred', 'budget', 'end'] },
  models: { choose: 'fixed', tiers: {}, priorities: {}, types: {} },
  prices: { models: {} },
  requirements: { issues: '.sage/issues', output: 'docs/lld/LLD-{issue}.md' },
  implement: { llds: 'docs/lld' },
  access: 'edits',
};

/** Keys that have no default; a test proves that the schema knows no others. */
export const unsetByDefault = [
  'agent',
  'verify',
  'limits.maxCostUsd',
  'land.slots',
  'notify.command',
  'retention.records.days',
  'prices.dated',
  'requirements.api',
  'requirements.token.environment',
  'requirements.token.command',
] as const;
