import type { Repository } from '../git/places.js';
import { lastSession } from '../journal/last-session.js';
import { createRunDirectory } from '../journal/run-directory.js';
import { ownCheckout } from '../land/checkouts.js';
import { writeCollected } from '../items/collect.js';
import type { Config } from '../model/config.js';
import type { EventOf } from '../model/event.js';
import { Refusal, type Failure } from '../model/failure.js';
import { nothingToProcess } from '../model/item.js';
import { ticketId, type RunId, type TicketId } from '../model/ids.js';
import type { RunOptions } from '../model/run.js';
import type { ModelChoice } from '../model/model-choice.js';
import { blockedChains } from '../plan/blocked-chains.js';
import type { Ticket } from '../model/ticket.js';
import { chooseModel } from '../plan/choose-model.js';
import { chooseCheckSlots } from '../plan/slots.js';
import { runTickets } from '../plan/run-tickets.js';
import { branchInTheWay } from '../git/branch-in-the-way.js';
import { readIdentity } from '../git/identity.js';
import { chooseAgents } from './agents.js';
import { budgetNotices, budgetOf } from './budget.js';
import { readDocuments } from './documents.js';
import { keyFailures, keyMarksOf, keyWarnings, poolsOf } from './keys.js';
import { lostFailures, refuseImpossible, uncheckedFailures } from './refuse.js';
import { noticesOf } from './notices.js';
import type { RunRequest } from './run-request.js';
import { templatesOf } from './templates-of.js';
import { writeRunFiles, type RunFiles } from './run-files.js';
import type { Survey } from './survey.js';
import { isIndexUnchanged } from './tracked-index.js';

/** A run that can begin: its first event and the files beside its journal. */
export interface NewRun {
  readonly planned: EventOf<'run.planned'>;
  readonly files: RunFiles;
}

/** Either there is nothing to do, or the run can be created. Throws a Refusal with every reason why it cannot begin. */
export async function beginRun(
  request: RunRequest,
  seen: Survey,
): Promise<
  | { readonly kind: 'nothing-to-do'; readonly message: string }
  | {
      readonly kind: 'ready';
      readonly config: Config;
      /** To be said before the run begins. */
      readonly notices: readonly string[];
      readonly create: (run: RunId) => Promise<NewRun>;
    }
> {
  const { surroundings } = request;
  const { plan } = seen;
  refuseImpossible(seen);
  if (plan.counts.runnable === 0) {
    return { kind: 'nothing-to-do', message: nothingToDo(seen) };
  }
  const { branch } = seen.start;
  const agents = await chooseAgents(request, seen);
  const identity = await readIdentity(seen.repository);
  const inTheWay = await branchInTheWay(seen.repository);
  const templates = await templatesOf(surroundings, seen.backlog);
  const keys = await surroundings.keys(seen.settings.config);
  const failures = [
    ...lostFailures(seen),
    ...uncheckedFailures(seen, await surroundings.suggestChecks()),
    ...(branch === undefined ? [await noBranch(seen.repository)] : []),
    ...(inTheWay ? [inTheWay] : []),
    ...agents.failures,
    ...keyFailures(keys),
    ...(identity.ok ? [] : [identity.failure]),
    ...(templates.ok ? [] : [templates.failure]),
  ];
  if (failures.length > 0 || branch === undefined) throw new Refusal(failures, 2);
  const isLimited = seen.settings.config.limits.maxCostUsd !== undefined;
  const budget = isLimited ? budgetOf(ticketsOf(seen, agents.names).tickets, seen) : undefined;
  return {
    kind: 'ready',
    config: seen.settings.config,
    notices: [...noticesOf(seen), ...keyWarnings(keys), ...(budget ? budgetNotices(budget) : [])],
    async create(run) {
      const ofTool = seen.backlog === 'tickets' ? {} : { backlog: seen.backlog };
      const { mine, tickets } = ticketsOf(seen, agents.names);
      const files: RunFiles = {
        tickets: mine,
        documents: await readDocuments(seen.repository.root, mine),
        config: seen.settings.config,
        ...ofTool,
        ...(keys.rings.length > 0 ? { keys: keyMarksOf(run, keys) } : {}),
        indexWasUnchanged: await isIndexUnchanged(seen.repository, seen.start.commit, seen.backlog),
      };
      if (seen.collected) await writeCollected(seen.collected);
      const sessionsBefore = await lastSession(seen.repository.commonDir);
      const directory = await createRunDirectory(seen.repository.commonDir, run);
      await writeRunFiles(directory, plan, files);
      return {
        files,
        planned: {
          type: 'run.planned',
          run,
          plan: plan.id,
          ...ofTool,
          repository: seen.repository.root,
          directory: directory.path,
          base: seen.start.commit,
          baseTree: seen.start.tree,
          target: branch,
          branch: `sage/${run}`,
          options: {
            ...optionsOf(seen, request),
            ...(plan.costs ? { expected: plan.costs } : {}),
            ...(budget ? { budget } : {}),
            ...(sessionsBefore > 0 ? { sessionsBefore } : {}),
            ...poolsOf(seen.settings.config.credentials, keys),
          },
          tickets,
          blocked: blockedChains(plan),
          containers: plan.containers.map(({ id, children }) => ({
            id,
            open: openChildren(seen, children),
          })),
        },
      };
    },
  };
}

/** The tickets that the run works on, as the index has them and as the engine sees them. */
function ticketsOf(seen: Survey, agents: ReadonlyMap<TicketId, string>) {
  const planned = runTickets(seen.plan, seen.index.tickets, '');
  const wanted = new Set<TicketId>(planned.map(({ id }) => id));
  const mine = seen.index.tickets.filter(({ id }) => wanted.has(id));
  const models = modelsOf(mine, agents, seen);
  const tickets = planned.map((ticket) => {
    const model = models.get(ticket.id);
    const agent = agents.get(ticket.id) ?? ticket.agent;
    return { ...ticket, agent, ...(model ? { model } : {}) };
  });
  return { mine, tickets };
}

/** The model of each ticket whose agent's own it shall not be. */
function modelsOf(
  tickets: readonly Ticket[],
  agents: ReadonlyMap<TicketId, string>,
  { settings: { config }, history }: Survey,
): ReadonlyMap<TicketId, ModelChoice> {
  const models = new Map<TicketId, ModelChoice>();
  for (const ticket of tickets) {
    const agent = agents.get(ticket.id) ?? '';
    const model = chooseModel(ticket, agent, config.models, history.models);
    if (model && !models.has(ticket.id)) models.set(ticket.id, model);
  }
  return models;
}

function optionsOf(
  { plan, cpus, settings: { config } }: Survey,
  { limit, confirm }: RunRequest,
): RunOptions {
  const { maxCostUsd } = config.limits;
  return {
    slots: plan.slots.slots,
    requestedSlots: plan.slots.requested,
    slotsBecause: plan.slots.because,
    schedule: config.schedule,
    order: config.order,
    conflictsRunning: config.conflicts.running,
    conflictAttempts: config.conflicts.attempts,
    ...(config.retry.on.includes('rate_limit') ? { rateLimitRetries: config.retry.attempts } : {}),
    commits: config.land.commits,
    landVerify: config.land.verify,
    checkSlots: config.land.slots ?? chooseCheckSlots(cpus),
    hasChecks: Array.isArray(config.verify),
    ...(limit === undefined ? {} : { limit }),
    ...(confirm === undefined || confirm === 'nowhere' ? {} : { confirm }),
    ...(maxCostUsd === undefined ? {} : { maxCostMicroUsd: Math.round(maxCostUsd * 1_000_000) }),
  };
}

function openChildren({ index }: Survey, children: readonly TicketId[]): TicketId[] {
  const done = new Set(
    index.tickets.filter(({ state }) => state === 'COMPLETED').map(({ id }) => id),
  );
  return children.filter((id) => !done.has(ticketId(id)));
}

function nothingToDo({ plan: { counts, refused }, collected }: Survey): string {
  if (collected) return nothingToProcess(collected.items);
  if (counts.total === 0) return 'The index holds no tickets.';
  if (counts.completed === counts.total)
    return `All ${counts.total} tickets are done; there is nothing to work on.`;
  const shown = refused.slice(0, 10).map(({ id, reason }) => `  ${id} ${reason}`);
  const more = refused.length > 10 ? [`  and ${refused.length - 10} more`] : [];
  return [
    `There is nothing to work on: ${counts.completed} of ${counts.total} done, and none that was asked for is open.`,
    ...shown,
    ...more,
  ].join('\n');
}

/** Why there is no branch to deliver to: a rebase or bisect detaches HEAD, and is what its user must be told. */
async function noBranch(repository: Repository): Promise<Failure> {
  const { busy } = await ownCheckout(repository);
  return {
    code: 'git/unsupported',
    message: `HEAD is detached (${busy ? `${busy} is going on` : 'no branch is checked out'}), so there is no branch to deliver to`,
    hint: busy
      ? 'finish or abort it (`git status` says how), or name a branch with --target BRANCH'
      : 'check out a branch, or name one with --target BRANCH',
  };
}
