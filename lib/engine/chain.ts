import type { Oid, TicketId } from '../model/ids.js';
import { isWorkedOn } from './epics.js';
import type { LandingEntry, LandingState } from './landing-state.js';
import type { RunState } from './state.js';
import { between } from './tickets.js';

/** So many entries a verification slot are built ahead. */
const AHEAD = 4;
/** A batch that is verified at its end; a longer one lands in several groups. */
const BATCH = 64;

/** How many entries the chain may have: what is built ahead, or the window of K-section. */
export function capacity(state: RunState): number {
  const { landing, options } = state;
  const slots = landing.lanes.length;
  if (options.landVerify !== 'tips' || !options.hasChecks) return AHEAD * slots;
  return options.schedule === 'batch' ? Math.max(BATCH, slots) : groupSize(landing) * slots;
}

/** Outcomes that are remembered, and the fewest on which a rate is based. */
export const REMEMBERED = 50;
const FEWEST = 20;

/** K-section: changes a slot, by the observed rate of rejections. */
function groupSize({ outcomes }: LandingState): number {
  const rate = outcomes.filter(Boolean).length / Math.max(FEWEST, outcomes.length);
  if (rate < 0.05) return 4;
  return rate < 0.1 ? 2 : 1;
}

export const entryOf = ({ landing }: RunState, name: TicketId): LandingEntry | undefined =>
  landing.chain.find(({ ticket }) => ticket === name);

export const isChecking = ({ check }: LandingEntry) =>
  check !== undefined && check.verdict === undefined;

export const colourOf = ({ check }: LandingEntry) => check?.verdict?.colour;

/** Whether something outside is being done for it. */
export const isBusy = (entry: LandingEntry) =>
  entry.step === 'building' || entry.step === 'moving' || isChecking(entry);

/** Accounts for an entry's time up to `at`: landing while something was being done for it, else waiting. */
export function account(state: RunState, entry: LandingEntry, at: string): void {
  const ticket = state.tickets.get(entry.ticket);
  const ms = between(entry.since, at);
  if (ticket && isBusy(entry)) ticket.times.landingMs += ms;
  else if (ticket) ticket.times.waitedForLandingMs += ms;
  entry.since = at;
}

/** The entry is no longer in the chain, whichever way it left; undefined: it was not there. */
export function leaveChain(state: RunState, name: TicketId, at: string): LandingEntry | undefined {
  const { landing } = state;
  const entry = entryOf(state, name);
  if (entry) {
    account(state, entry, at);
    landing.chain = landing.chain.filter((other) => other !== entry);
  }
  landing.queue = landing.queue.filter(({ ticket }) => ticket !== name);
  landing.marks = landing.marks.filter((mark) => mark !== name);
  if (landing.chain.length === 0 && !landing.queue.some((wait) => isWhole(state, wait.ticket))) {
    landing.isBatchLanding = false;
  }
  return entry;
}

/** Whether nothing that must land together with a queued ticket is still to be worked on. */
export function isWhole(state: RunState, name: TicketId): boolean {
  const part = state.parts.get(name);
  return part === undefined || isWorkedOn(state, part);
}

/** Whether the chain's first `length` entries may land without the next one: an epic's part lands by one move. */
export function isCut(state: RunState, length: number): boolean {
  const { chain, queue } = state.landing;
  const last = chain[length - 1];
  const part = last && state.parts.get(last.ticket);
  if (!part) return true;
  return ![...chain.slice(length), ...queue].some(({ ticket }) => state.parts.get(ticket) === part);
}

/** The candidates of the chain's first `length` entries; each of them is built. */
export const candidates = ({ landing }: RunState, length: number) =>
  landing.chain.slice(0, length).map(({ ticket, commit }) => ({ ticket, commit: commit as Oid }));

/** What the next entry is built onto, behind the first `length` of the chain. */
export const endOf = (state: RunState, length: number): Oid | undefined =>
  length === 0 ? state.tip : state.landing.chain[length - 1]?.commit;

/** Verification lanes that no open check uses. */
export function freeLanes(state: RunState): readonly string[] {
  const taken = new Set<string>();
  for (const intent of state.open.values()) {
    if (intent.kind === 'checks.run') taken.add(intent.lane ?? 'check-1');
  }
  return state.landing.lanes.filter((lane) => !taken.has(lane));
}
