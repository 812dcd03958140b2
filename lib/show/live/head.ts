import { effectiveSlots } from '../../engine/pools.js';
import { allSlots } from '../../engine/slots.js';
import type { RunState } from '../../engine/state.js';
import type { TicketCounts } from '../../model/status-schema.js';
import { clean } from '../clean.js';
import { lackWords } from '../key-words.js';
import { fit, flow } from '../layout.js';
import { passing, roughly, tokenCount } from './span.js';
import type { Screen } from './screen.js';

/** A rule that sets the view apart from what scrolls, with the run's name in it. */
export function ruleLine({ state, paint }: Screen, width: number): string {
  const name = fit(`── sage ${state.run} `, width);
  return paint.dim(name + '─'.repeat(Math.max(0, width - name.length)));
}

/** How long it runs, how long it may take, what it uses, what it has cost. */
export function progressLines(screen: Screen, width: number): string[] {
  const { state, now } = screen;
  const left = expected(screen);
  return flow(
    [
      passing(now - Date.parse(state.startedAt)),
      ...(left === undefined ? [] : [left]),
      atOnce(state, now),
      ...consumption(screen),
    ],
    width,
  );
}

function expected({ state, expectedAt, now }: Screen): string | undefined {
  if (state.ending !== 'no') return 'finishing';
  if (expectedAt === undefined) return undefined;
  return `${roughly(Math.max(0, expectedAt - now))} left (estimate)`;
}

function atOnce(state: RunState, now: number): string {
  const { options } = state;
  const slots = effectiveSlots(state, now);
  const all = allSlots(state);
  const agents = (count: number) => `${count} agent${count === 1 ? '' : 's'} at once`;
  if (options.requestedSlots === 'sequential') return 'one at a time';
  return slots < all ? `${slots} of ${agents(all)}` : agents(slots);
}

function consumption({ state, heard }: Screen): string[] {
  let { tokens, costMicroUsd } = state;
  for (const one of heard.values()) {
    tokens += one.tokens;
    costMicroUsd += one.costMicroUsd;
  }
  const limit = state.options.maxCostMicroUsd;
  const usd = (micro: number) => (micro / 1_000_000).toFixed(2);
  return [
    ...(tokens > 0 ? [`${tokenCount(tokens)} tokens`] : []),
    ...(costMicroUsd > 0 || limit !== undefined
      ? [`${usd(costMicroUsd)}${limit === undefined ? '' : ` of ${usd(limit)}`} USD`]
      : []),
  ];
}

export function countLines(
  { state, paint }: Screen,
  counts: TicketCounts,
  width: number,
): string[] {
  const pieces = [
    `${counts.landed}/${state.tickets.size} landed`,
    `${counts.running} running`,
    ...(counts.landing > 0 ? [`${counts.landing} landing`] : []),
    `${counts.ready} ready`,
    `${counts.waiting} waiting`,
    `${counts.blocked} blocked`,
    `${counts.deferred} deferred`,
    ...(counts.released > 0 ? [`${counts.released} given back`] : []),
  ];
  return flow(pieces, width).map((line) =>
    line
      .replace(/\d+\/\d+ landed/, (text) => paint.green(text))
      .replace(/[1-9]\d* blocked/, (text) => paint.yellow(text))
      .replace(/[1-9]\d* deferred/, (text) => paint.red(text)),
  );
}

/** What holds the whole run, or agents of it, in plain sight. Nothing while all goes well. */
export function attentionLines({ state, heard, paint }: Screen, width: number): string[] {
  const waiting = [...state.active.values()].filter(({ address }) => heard.get(address)?.waiting);
  const { stop, suspended, paused } = state;
  const texts = [
    ...(waiting.length > 0
      ? [`WAITING: ${waiting.map(({ ticket }) => clean(ticket)).join(', ')}`]
      : []),
    ...(suspended ? [`SUSPENDED: ${clean(suspended.message)}`] : []),
    ...(stop?.mode === 'cancel'
      ? [`CANCELLING (${clean(stop.by)}): agents are ended, their work is kept`]
      : stop
        ? [`DRAINING (${clean(stop.by)}): nothing new starts, what runs lands`]
        : []),
    ...budgetUsed(state),
    ...(paused ? [`PAUSED (${clean(paused)}): nothing new starts → sage resume`] : []),
    ...fewerSlots(state),
    ...(state.lacking
      ? [`WAITING FOR KEYS: ${lackWords(state.lacking.agent, state.lacking.why)}`]
      : []),
    ...(state.baseCheck === 'open' ? ['CHECKING THE BASE before anything starts'] : []),
  ];
  return texts.map((text) => paint.yellow.bold(fit(text, width)));
}

/** From the first mark of the cost limit on; a run that drains says why. */
function budgetUsed({ warned, stop, options }: RunState): string[] {
  if (warned === undefined || stop || options.maxCostMicroUsd === undefined) return [];
  const cheaper = options.budget?.tiers ? ': cheaper models, where there are' : '';
  return [`COST LIMIT: more than ${warned} % is used${cheaper}`];
}

/** While the machine or the API grants fewer agents at once than the run was started with. */
function fewerSlots(state: RunState): string[] {
  const all = allSlots(state);
  const why = state.limited.at(-1)?.code;
  if (state.slots >= all || why === undefined) return [];
  const reason = why === 'agent/rate-limited' ? 'rate limited' : why;
  return [`SLOWED DOWN: slots ${all} → ${state.slots}: ${reason}`];
}

/** Which batch it is in, and what rolls past it. */
export function batchLines({ state, paint }: Screen, width: number): string[] {
  const pieces = [...batchPieces(state), ...sharing(state)];
  return flow(pieces, width).map((line) => paint.dim(line));
}

function batchPieces({ tickets, queue }: RunState): string[] {
  const current = queue.batch;
  const last = Math.max(0, ...[...tickets.values()].map(({ ticket }) => ticket.batch));
  if (current === undefined || last < 2) return [];
  const early = [...tickets.values()].filter(
    ({ ticket, phase }) => ticket.batch > current && phase !== 'waiting' && phase !== 'released',
  );
  const named = (what: string, isIt: (phase: string) => boolean) => {
    const ids = early.filter(({ phase }) => isIt(phase)).map(({ ticket }) => clean(ticket.id));
    const shown =
      ids.length > 4 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
    return ids.length === 0 ? [] : [`${shown} ${what}`];
  };
  const words = [
    ...named('landed', (phase) => phase === 'landed'),
    ...named('running', (phase) => phase === 'active'),
    ...named('landing', (phase) => phase === 'queued' || phase === 'landing'),
    ...named('deferred', (phase) => phase === 'deferred'),
  ];
  return [`B${current} of ${last}`, ...(words.length > 0 ? [`early: ${words.join('; ')}`] : [])];
}

/** Tickets side by side that declare the same file: their landings may meet. */
function sharing(state: RunState): string[] {
  const held = [...state.tickets.values()].filter(
    ({ phase }) => phase === 'active' || phase === 'queued' || phase === 'landing',
  );
  return held.flatMap(({ ticket, phase }, index) => {
    if (phase !== 'active') return [];
    // Each pair once: with those before it, and with those that are no longer in a lane.
    const other = held.find(
      (one, place) =>
        (place < index || one.phase !== 'active') &&
        one.ticket !== ticket &&
        (one.ticket.conflictsWith.includes(ticket.id) || common(ticket, one.ticket) !== undefined),
    );
    if (!other) return [];
    const file = common(ticket, other.ticket);
    const what = file === undefined ? 'conflicts with' : `shares ${clean(file)} with`;
    return [`${clean(ticket.id)} ${what} ${clean(other.ticket.id)}`];
  });
}

type Declaring = { readonly files?: readonly string[] };

const common = ({ files = [] }: Declaring, other: Declaring) =>
  files.find((file) => other.files?.includes(file));
