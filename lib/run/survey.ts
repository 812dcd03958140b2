import { join } from 'node:path';
import { readConfig, type ConfigReading, type Settings } from '../config/read.js';
import type { Overrides } from '../config/overrides.js';
import { baselineOf } from '../engine/baseline.js';
import type { Repository } from '../git/places.js';
import { indexPathOf, type Backlog } from '../model/backlog.js';
import type { Collected } from '../items/collect.js';
import type { Preset } from '../items/preset.js';
import type { Diagnostic } from '../model/diagnostic.js';
import { Refusal, type Failure } from '../model/failure.js';
import { ticketId } from '../model/ids.js';
import { nearest } from '../model/nearest.js';
import type { Config } from '../model/config.js';
import type { Plan } from '../model/plan.js';
import type { KnownFailures } from '../model/work.js';
import { loadIndex, type ReadIndex } from '../tickets/read.js';
import { readWorkflowMode } from '../tickets/workflow-mode.js';
import { readVelocity } from '../tickets/velocity.js';
import { planCosts } from '../plan/plan-costs.js';
import { planModels } from '../plan/plan-models.js';
import { readRunHistory, type RunHistory } from './run-history.js';
import { planQueue } from './plan-queue.js';
import { unfinishedRun } from './standing.js';
import { findStart, type Start } from './start.js';
import { knownBaseVerdict } from './verdict-basis.js';
import { findUndelivered, type Undelivered } from './undelivered.js';

/** What a look at the repository takes into account. */
export interface SurveyOptions {
  readonly overrides: Overrides;
  readonly variables: Readonly<Record<string, string>>;
  readonly cpus: number;
  /** Empty: all. */
  readonly only: readonly string[];
  readonly components: readonly string[];
  readonly limit?: number;
  readonly target?: string;
  /** The workflow tool whose items are the tickets; absent: those of the ticket index. */
  readonly preset?: Preset;
}

/** Everything that is known before anything is done: pure looking, nothing on disk is changed. */
export interface Survey {
  readonly repository: Repository;
  readonly settings: Settings;
  readonly backlog: Backlog;
  readonly index: ReadIndex;
  /** Of a workflow tool: what it found. */
  readonly collected?: Collected;
  readonly plan: Plan;
  readonly start: Start;
  readonly undelivered: readonly Undelivered[];
  readonly cpus: number;
  readonly history: RunHistory;
  /** What earlier checks of this base found failing; empty: nothing, or it was not checked. */
  readonly knownFailures: readonly KnownFailures[];
  /** Findings that do not stand in the way. */
  readonly warnings: readonly Diagnostic[];
}

/** Reads configuration, index, history and refs and makes the plan. All faults of the inputs are one Refusal (2). */
export async function survey(repository: Repository, options: SurveyOptions): Promise<Survey> {
  const backlog = options.preset?.backlog ?? 'tickets';
  const configured = readConfig({
    root: repository.root,
    variables: options.variables,
    flags: options.overrides,
  });
  const based = findBase(repository, options.target);
  const [reading, loaded, { start, undelivered }, durations, sideFiles, history] =
    await Promise.all([
      configured,
      readBacklog(repository, options, configured, based),
      based,
      readVelocity(join(repository.root, '.sage/stream-velocity.log')),
      readWorkflowMode(join(repository.root, '.sage')),
      readRunHistory(repository.commonDir),
    ]);
  const failures = [
    ...configFaults(reading),
    ...(loaded.index ? indexFaults(loaded.index, options) : loaded.faults),
    ...sideFiles.filter(isFault).map((fault) => asFailure(fault, 'index/invalid')),
    ...(start.ok ? [] : [start.failure]),
  ];
  const { settings } = reading;
  if (failures.length > 0 || !settings || !loaded.index || !start.ok)
    throw new Refusal(failures, 2);

  const { index, collected } = loaded;
  const { config } = settings;
  const unfinished = await unfinishedRun(repository.commonDir);
  const queue = planQueue({
    tickets: index.tickets,
    cpus: options.cpus,
    base: start.value.commit,
    config,
    undelivered,
    ...(unfinished === undefined ? {} : { unfinished }),
    history: durations,
    wish: {
      requestedSlots: config.parallel === 0 ? 'sequential' : config.parallel,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      ...(options.only.length > 0 ? { only: options.only.map((id) => ticketId(id)) } : {}),
      ...(options.components.length > 0 ? { components: options.components } : {}),
    },
  });
  const { agent } = options.overrides;
  const chosen = planModels(queue, index.tickets, config, agent, history.models);
  const plan = planCosts(chosen, index.tickets, config, agent, history.costs);
  return {
    repository,
    settings,
    history,
    backlog,
    index,
    ...(collected ? { collected } : {}),
    plan,
    start: start.value,
    undelivered,
    cpus: options.cpus,
    knownFailures: await knownFailuresOf(repository, config, start.value, options.variables),
    warnings: [...reading.diagnostics, ...index.diagnostics, ...sideFiles].filter(
      ({ severity }) => severity !== 'information',
    ),
  };
}

interface Loaded {
  readonly index?: ReadIndex;
  readonly collected?: Collected;
  /** Why there is no index; what the configuration and the base lack is told by others. */
  readonly faults: readonly Failure[];
}

async function readBacklog(
  repository: Repository,
  { preset, variables }: SurveyOptions,
  configured: Promise<ConfigReading>,
  based: ReturnType<typeof findBase>,
): Promise<Loaded> {
  if (!preset) {
    const read = await loadIndex(join(repository.root, indexPathOf('tickets')));
    return read.ok ? { index: read.value, faults: [] } : { faults: [read.failure] };
  }
  const [{ settings }, { start }] = await Promise.all([configured, based]);
  if (!settings || !start.ok) return { faults: [] };
  const { collectItems } = await import('../items/collect.js');
  const place = { repository, settings, base: start.value.commit, variables };
  const { collected, faults } = await collectItems(preset, place);
  return collected ? { index: collected.index, collected, faults } : { faults };
}

/** Where a run would start, and what earlier ones left undelivered; a failure in the place of the start where git cannot tell. */
export async function findBase(repository: Repository, target: string | undefined) {
  const start = await findStart(repository, target);
  if (!start.ok) return { start, undelivered: [] };
  const undelivered = await findUndelivered(repository, start.value.commit);
  return undelivered.ok
    ? { start, undelivered: undelivered.value }
    : { start: undelivered, undelivered: [] };
}

async function knownFailuresOf(
  repository: Repository,
  config: Config,
  { tree }: Start,
  variables: SurveyOptions['variables'],
): Promise<readonly KnownFailures[]> {
  const verdict = await knownBaseVerdict(repository, config, tree, variables);
  return verdict ? baselineOf(verdict) : [];
}

const isFault = ({ severity }: Diagnostic) => severity === 'critical' || severity === 'error';

const configFaults = (reading: ConfigReading) =>
  reading.diagnostics.filter(isFault).map((fault) => asFailure(fault, 'config/invalid'));

/** An index that cannot be used, and names on the command line that are not in it. */
function indexFaults(index: ReadIndex, options: SurveyOptions): Failure[] {
  if (!index.isUsable) {
    return index.diagnostics.filter(isFault).map((fault) => asFailure(fault, 'index/invalid'));
  }
  const dryRun = `sage ${options.preset?.backlog ?? 'stream'} --dry-run`;
  const ids = new Set<string>(index.tickets.map(({ id }) => id));
  const components = new Set(index.tickets.map(({ component }) => component));
  return [
    ...unknown(options.only, ids, 'ticket', '--only', dryRun),
    ...unknown(options.components, components, 'component', '--component', dryRun),
  ];
}

function unknown(
  asked: readonly string[],
  known: ReadonlySet<string>,
  what: string,
  flag: string,
  dryRun: string,
): Failure[] {
  return asked
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(name, [...known]);
      return {
        code: 'plan/unknown-ticket',
        message: `${flag}: the index has no ${what} ${JSON.stringify(name.slice(0, 80))}.`,
        hint: near === undefined ? `\`${dryRun}\` lists them.` : `Did you mean ${near}?`,
      };
    });
}

const asFailure = (
  { message, hint, where, value }: Diagnostic,
  code: 'config/invalid' | 'index/invalid',
): Failure => ({
  code,
  message: value === undefined || message.includes(value) ? message : `${message} (${value})`,
  ...(hint === undefined ? {} : { hint }),
  ...(where === undefined ? {} : { where }),
});
