import { criticalPath, inheritedMinimum, type CriticalPath } from '../graph/critical-path.js';
import { at, restrict } from '../graph/dag.js';
import { topologicalOrder, type Order } from '../graph/order.js';
import type { TicketId } from '../model/ids.js';
import type { Plan, PlannedTicket } from '../model/plan.js';
import type { Priority, Ticket } from '../model/ticket.js';
import { planComponents } from './components.js';
import { findConflicts, type Conflicts } from './conflicts.js';
import { cutBatches } from './cut-batches.js';
import { estimator, type Estimate } from './estimate.js';
import type { PlanInput } from './input.js';
import { forecast } from './forecast.js';
import { planNotes } from './notes.js';
import { findBlockers, refusals } from './refusals.js';
import { chooseSlots } from './slots.js';
import { surveyTickets } from './survey.js';

/**
 * Makes the plan: which open tickets run, what each waits for and why the others cannot, in which batches, how long it
 * may take with how many agents. Pure and deterministic; linear in tickets, dependencies and declared files, but for
 * the forecast, which is cut short for long queues.
 */
export function assemblePlan(input: PlanInput): Plan {
  const { options } = input;
  const survey = surveyTickets(input);
  const { open, resolved, dag } = survey;
  const blockedBy = findBlockers(survey);
  const runs = (node: number) => blockedBy[node]?.length === 0;
  const running = [...open.keys()].filter(runs);
  const part = restrict(dag, runs);
  const order = topologicalOrder(part);
  const estimate = estimator(survey.tickets, input.history ?? []);
  const estimates = open.map((ticket) => estimate(ticket));
  const weights = running.map((node) => estimates[node]?.minutes ?? 0);
  const priorities = running.map((node) => open[node]?.priority ?? 4);
  const path = criticalPath(part, order, weights);
  const inherited = inheritedMinimum(part, order, priorities);
  const conflicts = findConflicts(open);
  const batches = cutInOrder(running, order, path, inherited, conflicts);
  const place = new Int32Array(open.length).fill(-1);
  for (const [index, node] of running.entries()) place[node] = index;
  const isByEpic = options.isolation === 'epic';
  const epicOf = ({ id, parent, component }: Ticket) =>
    isByEpic ? { epic: survey.hierarchy.epicOf(id) ?? parent ?? component } : {};
  const planned = open.map((ticket, node): PlannedTicket => {
    const index = at(place, node);
    const batch = batches[index];
    const own = estimates[node] as Estimate;
    return {
      id: ticket.id,
      title: ticket.title,
      state: ticket.state,
      priority: ticket.priority,
      component: ticket.component,
      ...epicOf(ticket),
      ...(batch === undefined ? {} : { batch }),
      dependsOn: resolved[node]?.open ?? [],
      blockedBy: blockedBy[node] ?? [],
      conflictsWith: conflicts.conflictsOf(node),
      files: ticket.files,
      estimateMinutes: own.minutes,
      estimateFrom: own.from,
      tailMinutes: tenths(index < 0 ? own.minutes : at(path.tails, index)),
      inheritedPriority: index < 0 ? ticket.priority : (at(inherited, index) as Priority),
      order: at(survey.tickets.positions, survey.tickets.numberOf(ticket.id) ?? node),
    };
  });
  const runnable = running.map((node) => planned[node] as PlannedTicket);
  const slots = chooseSlots(options.requestedSlots, input.cpus, runnable.length);
  const outlook = forecast(
    runnable.map((ticket, index) => ({
      id: ticket.id,
      dependsOn: ticket.dependsOn,
      conflictsWith: [],
      files: conflicts.holdsOf(running[index] as number),
      priority: ticket.priority,
      inheritedPriority: ticket.inheritedPriority,
      estimateMinutes: ticket.estimateMinutes,
      tailMinutes: at(path.tails, index),
      batch: batches[index] as number,
      order: ticket.order,
      ...(ticket.epic === undefined ? {} : { epic: ticket.epic }),
    })),
    part,
    { ...options, slots: slots.slots },
  );
  const work = weights.reduce((sum, minutes) => sum + minutes, 0);
  const content = {
    schedule: options.schedule,
    order: options.order,
    conflictsRunning: options.conflictsRunning,
    hierarchy: options.hierarchy,
    ...(isByEpic ? { isolation: 'epic' as const } : {}),
    slots,
    batches: byBatch(runnable),
    tickets: planned,
    containers: survey.containers,
    cycles: survey.cycles,
    refused: refusals(survey, blockedBy, input.unfinished),
    ...inProgressBy(input.unfinished, survey),
    criticalPath: path.path.map((index) => (runnable[index] as PlannedTicket).id),
    lowerBoundMinutes: tenths(Math.max(path.length, work / slots.slots)),
    forecast: outlook.forecast,
    timeline: outlook.timeline,
    recommendedSlots: outlook.recommendedSlots,
    components: planComponents(planned, dag, (node) => conflicts.keysOf(node)),
    counts: {
      total: input.tickets.length,
      completed: input.tickets.filter(({ state }) => state === 'COMPLETED').length,
      open: planned.length,
      runnable: runnable.length,
      blocked: planned.length - runnable.length,
    },
    notes: planNotes(input, survey, conflicts.crowded, outlook.note),
  };
  const id = input.hash(fingerprint(input));
  return { version: 1, id, ...(input.base === undefined ? {} : { base: input.base }), ...content };
}

/** Batches, filled in dispatch order: what should go first is in the first part of its level. */
function cutInOrder(
  running: readonly number[],
  { levels, depth }: Order,
  { tails }: CriticalPath,
  inherited: Float64Array,
  conflicts: Conflicts,
): number[] {
  const sorted = running.map((_, index) => index);
  sorted.sort(
    (left, right) =>
      at(inherited, left) - at(inherited, right) ||
      at(tails, right) - at(tails, left) ||
      left - right,
  );
  const cut = cutBatches(
    sorted.map((index) => ({
      level: at(levels, index),
      holds: conflicts.keysOf(running[index] as number),
    })),
    depth,
  );
  const batches = new Array<number>(running.length).fill(0);
  for (const [place, index] of sorted.entries()) batches[index] = cut[place] ?? 0;
  return batches;
}

/** The unfinished run with those of its tickets that are IN_PROGRESS. */
function inProgressBy(
  run: PlanInput['unfinished'],
  { tickets }: ReturnType<typeof surveyTickets>,
): Pick<Plan, 'unfinished'> {
  const own = run?.tickets.filter((id) => tickets.get(id)?.state === 'IN_PROGRESS') ?? [];
  return run && own.length > 0 ? { unfinished: { ...run, tickets: own } } : {};
}

function byBatch(runnable: readonly PlannedTicket[]): TicketId[][] {
  const batches: TicketId[][] = [];
  for (const { id, batch = 1 } of runnable) (batches[batch - 1] ??= []).push(id);
  return batches;
}

/**
 * Everything the plan was made from, as JSON in pieces; of the tickets what a plan looks at. In pieces, because all of
 * it as one text would be the biggest thing in memory.
 */
function* fingerprint({ base, tickets, options, cpus, undelivered, history }: PlanInput) {
  const rest = JSON.stringify([options, cpus, [...(undelivered ?? [])].sort(), history ?? []]);
  let piece = `[${JSON.stringify(base ?? null)},${rest.slice(0, -1)},[`;
  for (const [index, ticket] of tickets.entries()) {
    if (index > 0) piece += ',';
    piece += JSON.stringify([
      ticket.id,
      ticket.title,
      ticket.state,
      ticket.priority,
      ticket.component,
      ticket.isHistory ? ticket.type : '',
      ticket.parent ?? '',
      ticket.children,
      ticket.dependencies,
      ticket.blocks,
      ticket.files,
      ticket.effortPoints ?? null,
      ticket.effortHours ?? null,
      ticket.deferReason ?? '',
    ]);
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]]]`;
}

const PIECE_LENGTH = 65_536;

const tenths = (minutes: number) => Math.round(minutes * 10) / 10;
