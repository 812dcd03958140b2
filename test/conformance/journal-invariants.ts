import type { RunEvent } from '../../lib/model/event.js';
import { isIntake } from '../../lib/model/ids.js';
import type { Intent } from '../../lib/model/intent.js';
import type { RunOptions, RunTicket } from '../../lib/model/run.js';
import { budgetFaults } from './budget-invariants.js';
import { credentialFaults } from './credential-invariants.js';
import { questionFaults } from './question-invariants.js';
import { landingFaults } from './landing-invariants.js';

/**
 * What every journal of ours must obey, whatever happened; answers the broken rules in words, none for a sound one.
 * A journal without `run.finished` may have open intents and running attempts, nothing else.
 */
export function checkInvariants(events: readonly RunEvent[]): string[] {
  return [
    ...sequence(events),
    ...landingFaults(events),
    ...dependencies(events),
    ...concurrency(events),
    ...intents(events),
    ...attempts(events),
    ...sessions(events),
    ...settledTickets(events),
    ...batches(events),
    ...reopenings(events),
    ...questionFaults(events),
    ...credentialFaults(events),
    ...budgetFaults(events),
  ];
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

const planned = (events: readonly RunEvent[]) =>
  events.find((event): event is EventOf<'run.planned'> => event.type === 'run.planned');
const isFinished = (events: readonly RunEvent[]) => events.at(-1)?.type === 'run.finished';
const ticketsOf = (events: readonly RunEvent[]): readonly RunTicket[] =>
  planned(events)?.tickets ?? [];
const optionsOf = (events: readonly RunEvent[]): RunOptions | undefined => planned(events)?.options;

/** Sequence numbers count without a gap; the plan comes first, the end last; time does not run backwards. */
function sequence(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  events.forEach((event, position) => {
    const before = events[position - 1];
    if (!before) {
      if (event.type !== 'run.planned') faults.push(`it begins with ${event.type}`);
      return;
    }
    if (event.seq !== before.seq + 1) faults.push(`seq ${before.seq} is followed by ${event.seq}`);
    if (event.at < before.at) faults.push(`seq ${event.seq} is older than the event before it`);
    if (before.type === 'run.finished' && event.type !== 'run.reopened')
      faults.push(`${event.type} comes after run.finished`);
  });
  return faults;
}

/** Calls of agents are numbered without a gap, from the last number before the run. */
function sessions(events: readonly RunEvent[]): string[] {
  let last = optionsOf(events)?.sessionsBefore ?? 0;
  return events.flatMap((event) => {
    if (event.type !== 'agent.called' || event.session === undefined) return [];
    const before = last;
    last = event.session;
    return last === before + 1 ? [] : [`session ${before} is followed by ${last}`];
  });
}

/** No ticket is started before everything of this run that it depends on has landed. */
function dependencies(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const needs = new Map(ticketsOf(events).map(({ id, dependsOn }) => [id, dependsOn]));
  const done = new Set<string>();
  for (const event of events) {
    if (event.type === 'landing.landed' || event.type === 'container.completed') {
      done.add(event.ticket);
    }
    if (event.type !== 'attempt.started') continue;
    for (const id of needs.get(event.ticket) ?? []) {
      if (!done.has(id)) faults.push(`${event.ticket} started before ${id} landed`);
    }
  }
  return faults;
}

/** At most `slots` attempts at once; one attempt a ticket, one a lane. */
function concurrency(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const all = Math.max(1, optionsOf(events)?.slots ?? 1); // 0 is sequential
  let slots = all;
  const running = new Map<string, { readonly ticket: string; readonly lane: string }>();
  for (const event of events) {
    if (event.type === 'attempt.finished') running.delete(event.attempt);
    if (event.type === 'run.resumed') slots = all;
    if (event.type === 'run.limited' || event.type === 'run.relieved') {
      const step = event.type === 'run.limited' ? -1 : 1;
      if (event.slots !== slots + step)
        faults.push(`${event.type} from ${slots} to ${event.slots}`);
      if (event.slots < 1 || event.slots > all) faults.push(`${event.slots} slots of ${all}`);
      slots = event.slots;
    }
    if (event.type !== 'attempt.started') continue;
    for (const [attempt, other] of running) {
      if (other.ticket === event.ticket) faults.push(`${event.attempt} started beside ${attempt}`);
      if (other.lane === event.lane) faults.push(`${event.attempt} shares a lane with ${attempt}`);
    }
    running.set(event.attempt, event);
    if (running.size > slots) faults.push(`${running.size} attempts at once with ${slots} slots`);
  }
  return faults;
}

/** What is closed was open; a key is open once at a time; a finished run has nothing open. */
function intents(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const opened = new Map<string, Intent>();
  for (const { seq, closes, opens } of events) {
    if (closes !== undefined && !opened.delete(closes)) {
      faults.push(`seq ${seq} closes ${closes}, which is not open`);
    }
    if (!opens) continue;
    if (opened.has(opens.key)) faults.push(`seq ${seq} opens ${opens.key} a second time`);
    opened.set(opens.key, opens);
  }
  if (isFinished(events)) {
    for (const key of opened.keys()) faults.push(`${key} is still open in a finished run`);
  }
  return faults;
}

/** Attempts have addresses of their own, end once, and end before their run does. */
function attempts(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const running = new Set<string>();
  for (const event of events) {
    if (event.type === 'attempt.started') {
      if (seen.has(event.attempt)) faults.push(`${event.attempt} started twice`);
      seen.add(event.attempt);
      running.add(event.attempt);
    } else if (event.type === 'attempt.finished' && !running.delete(event.attempt)) {
      faults.push(`${event.attempt} finished without having started`);
    }
  }
  if (isFinished(events)) {
    for (const attempt of running) faults.push(`${attempt} never finished`);
  }
  return faults;
}

/** In a finished run every ticket that was started landed, was deferred or was released. */
function settledTickets(events: readonly RunEvent[]): string[] {
  if (!isFinished(events)) return [];
  const open = new Set<string>();
  const firsts = new Set<string>();
  for (const event of events) {
    if (event.type === 'attempt.started') {
      open.add(event.ticket);
      if (event.because === 'first') firsts.add(event.attempt);
    }
    // A first attempt that was not begun, or cut off with its run, leaves the ticket as it was.
    const isUndone =
      event.type === 'attempt.finished' &&
      (event.result === 'not-begun' || event.result === 'interrupted') &&
      firsts.has(event.attempt);
    if (isUndone) open.delete(event.ticket);
    if (
      event.type === 'landing.landed' ||
      event.type === 'ticket.deferred' ||
      event.type === 'ticket.released'
    ) {
      open.delete(event.ticket);
    }
  }
  return [...open].map((ticket) => `${ticket} was started and never settled`);
}

/** Only a finished run is opened again, and then nothing but intake and delivery happens: no ticket is touched. */
function reopenings(events: readonly RunEvent[]): string[] {
  const at = events.findIndex(({ type }) => type === 'run.reopened');
  if (at < 0) return [];
  const faults = events.flatMap(({ type, seq }, place) =>
    type === 'run.reopened' && events[place - 1]?.type !== 'run.finished'
      ? [`seq ${seq} opens a run again that has not finished`]
      : [],
  );
  for (const event of events.slice(at)) {
    const isTicket = 'ticket' in event && !isIntake(event.ticket);
    if (isTicket || /^(attempt|agent|tickets|bookkeeping)\./.test(event.type))
      faults.push(`${event.type} comes after the run was opened again`);
  }
  return faults;
}

/** With `--schedule=batch` nothing lands while agents of a batch work: first all ends, then the landings. */
function batches(events: readonly RunEvent[]): string[] {
  if (optionsOf(events)?.schedule !== 'batch') return [];
  // A batch that was cut short by a drain lands as it is; gone on with, the rest of it begins then.
  const wasStopped = events.some(
    (event) =>
      event.type === 'run.stop-requested' ||
      (event.type === 'question.answered' && event.answer.kind === 'stop'),
  );
  if (wasStopped && events.some(({ type }) => type === 'run.resumed')) return [];
  const batchOf = new Map(ticketsOf(events).map(({ id, batch }) => [id as string, batch]));
  const spans = new Map<number, { first: number; last: number }>();
  for (const event of events) {
    if (event.type === 'attempt.started' && event.because === 'first') {
      const batch = batchOf.get(event.ticket) ?? 0;
      spans.set(batch, { first: spans.get(batch)?.first ?? event.seq, last: event.seq });
    } else if (event.type === 'attempt.finished' && event.attempt.endsWith('#1')) {
      const span = spans.get(batchOf.get(event.ticket) ?? 0);
      if (span) span.last = event.seq;
    }
  }
  return events
    .filter((event) => event.type === 'landing.landed')
    .flatMap((event) =>
      [...spans]
        .filter(([, { first, last }]) => first < event.seq && event.seq < last)
        .map(([batch]) => `${event.ticket} landed while batch ${batch} was at work`),
    );
}
