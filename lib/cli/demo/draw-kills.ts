/** Who is killed besides the orchestrator, which always is, and always last. */
export type Victim = 'orchestrator' | 'group' | 'git' | 'agent' | 'warden';

/** One kill, as drawn: whom, and when. */
export interface Draw {
  readonly victim: Victim;
  /** So many new records stand in the journal since the orchestrator started; 0: no need to wait for one. */
  readonly records: number;
  /** Milliseconds after that. */
  readonly delayMs: number;
}

/** What is dealt out, shuffled, again and again: so that a dozen kills meet everybody. */
const DECK: readonly Victim[] = [
  ...(['orchestrator', 'orchestrator', 'orchestrator', 'orchestrator', 'group', 'group'] as const),
  ...(['git', 'git', 'agent', 'agent', 'warden', 'warden'] as const),
];
/** A resumed orchestrator writes about 20 records before it is where it was; the whole run has about 230. */
const RECORDS_LIMIT = 46;
/** An agent works for one to two seconds. */
const DELAY_LIMIT_MS = 1_200;
/** Within this time an orchestrator starts, ends what is left and asks what became of everything. */
const RECOVERY_LIMIT_MS = 900;

/**
 * Draws kills from a seed, the same ones each time. One in four falls into the recovery from the one before. The first
 * waits for a record: before there is one, no run has begun.
 */
export function drawKills(seed: number, count: number): readonly Draw[] {
  const random = generator(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const deck: Victim[] = [];
  return Array.from({ length: count }, (_, index): Draw => {
    if (deck.length === 0) deck.push(...shuffled(DECK, below));
    const victim = deck.pop() ?? 'orchestrator';
    const isEarly = index > 0 && random() < 0.25;
    return isEarly
      ? { victim, records: 0, delayMs: below(RECOVERY_LIMIT_MS) }
      : { victim, records: 1 + below(RECORDS_LIMIT), delayMs: below(DELAY_LIMIT_MS) };
  });
}

function shuffled<Item>(items: readonly Item[], below: (limit: number) => number): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(below(rest.length), 1));
}

/** Mulberry32: numbers from 0 up to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
