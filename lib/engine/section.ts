import type { EventDraft } from '../model/event.js';
import { colourOf } from './chain.js';
import type { LandingEntry } from './landing-state.js';
import type { RunState } from './state.js';

/** Positions in the chain: what is settled on both sides, and what is being verified between. */
interface Gap {
  /** Last position that is landing or green; -1: the tip. */
  readonly low: number;
  /** First red position behind it; the number of usable entries when none is red. */
  readonly high: number;
  readonly isRed: boolean;
  /** Marked positions without a verdict, ascending. */
  readonly pending: readonly number[];
}

/**
 * K-section (`land.verify: tips`): the slots verify evenly spaced prefixes of the chain, the last one its end; what is
 * green lands up to there, and between green and red the gap is narrowed with all slots until the culprit stands right
 * behind something green. A batch is verified at its end first.
 */
export function pickSection(state: RunState): EventDraft | undefined {
  const { landing, options } = state;
  if (options.landVerify !== 'tips' || !options.hasChecks) return undefined;
  // Marks spread over all that there is: first it is built.
  if (landing.chain.some(({ step }) => step === 'building' || step === 'bounced')) return undefined;
  const gap = findGap(state);
  const isBatch = options.schedule === 'batch';
  const free = landing.lanes.length - gap.pending.length;
  if (free <= 0) return undefined;
  const picked = gap.isRed
    ? narrow(gap, free)
    : spread(gap.pending.at(-1) ?? gap.low, gap.high, isBatch ? 1 : free);
  if (picked.length === 0) return undefined;
  const positions = [...gap.pending, ...picked].sort((one, other) => one - other);
  const tickets = positions.flatMap((at) => landing.chain[at]?.ticket ?? []);
  return { type: 'landing.section-picked', tickets };
}

/** Whether an entry's prefix was picked and its verdict still tells something. */
export function isMarked(state: RunState, entry: LandingEntry): boolean {
  const { chain, marks } = state.landing;
  if (entry.step !== 'built' || !marks.includes(entry.ticket)) return false;
  const { low, high } = findGap(state);
  const at = chain.indexOf(entry);
  return low < at && at < high;
}

function findGap({ landing: { chain, marks } }: RunState): Gap {
  let low = -1;
  chain.forEach((entry, at) => {
    if (entry.step === 'moving' || colourOf(entry) === 'green') low = at;
  });
  const red = chain.findIndex((entry, at) => at > low && colourOf(entry) === 'red');
  const high = red < 0 ? chain.length : red;
  const isPending = (entry: LandingEntry, at: number) =>
    low < at && at < high && marks.includes(entry.ticket) && colourOf(entry) === undefined;
  const pending = chain.flatMap((entry, at) => (isPending(entry, at) ? [at] : []));
  return { low, high, isRed: red >= 0, pending };
}

/** `count` positions behind `from` and before `end`, evenly spaced, the last of them right before `end`. */
function spread(from: number, end: number, count: number): number[] {
  const length = end - 1 - from;
  const parts = Math.min(count, length);
  return Array.from(
    { length: Math.max(0, parts) },
    (_, part) => from + Math.ceil(((part + 1) * length) / parts),
  );
}

/** `count` positions that cut the widest stretch between neighbours of known or coming verdict into equal parts. */
function narrow({ low, high, pending }: Gap, count: number): number[] {
  const bounds = [low, ...pending, high];
  let [from, to] = [low, low];
  for (let at = 1; at < bounds.length; at += 1) {
    const [left = low, right = low] = [bounds[at - 1], bounds[at]];
    if (right - left > to - from) [from, to] = [left, right];
  }
  const inside = to - from - 1;
  const parts = Math.min(count, inside);
  return Array.from(
    { length: Math.max(0, parts) },
    (_, part) => from + Math.round(((part + 1) * (inside + 1)) / (parts + 1)),
  );
}
