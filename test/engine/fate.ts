import fc from 'fast-check';
import type { RunState } from '../../lib/engine/state.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { AgentOutcome } from '../../lib/model/agent.js';
import type { Intent, IntentOf } from '../../lib/model/intent.js';
import { seeded } from './seeded.js';

/** What fate says about one intent; asked once each time an effect ends. */
export interface Fate {
  /** 0 ≤ x < 1, the next number of a seeded sequence. */
  random(): number;
  fails(intent: Intent): boolean;
  /** A verification lane that cannot be made. */
  readonly brokenLane?: string;
}

/** What the imagined work is like; by default all of it is good and fits together. */
export interface Nature {
  /** Whether the checks are red on a tree that holds just these tickets. */
  isRed?(contents: ReadonlySet<string>): boolean;
  /** How a call ends that its API refuses; nothing: it is served. */
  refusal?(
    intent: IntentOf<'agent.run'>,
  ): (Partial<AgentOutcome> & Pick<AgentOutcome, 'end'>) | undefined;
  /** What the answers of the model cost that a call gets, one after the other, in micro-dollars. Absent: told at its end. */
  steps?(intent: IntentOf<'agent.run'>): readonly number[];
  /** Whether two tickets change the same lines. */
  collide?(one: string, other: string): boolean;
}

/** What lies outside of the engine. */
export interface ImaginedWorld {
  readonly fate: Fate;
  readonly nature: Nature;
  readonly target: () => string | undefined;
  /** Tickets by commit. */
  readonly contents: Map<string, ReadonlySet<string>>;
  /** Calls that work in steps, by the key of their intent. */
  readonly work: Map<string, ImaginedWork>;
}

/** What a call has cost so far, and what is still to come. */
export interface ImaginedWork {
  costMicroUsd: number;
  readonly left: number[];
  /** Ended by somebody else. */
  isCutOff?: boolean;
}

/** Fate by chance: each kind of intent fails at its own rate. */
export function chance(seed: number, rates: Partial<Record<Intent['kind'], number>> = {}): Fate {
  const random = seeded(seed);
  return { random, fails: ({ kind }) => random() < (rates[kind] ?? 0) };
}

/** How often each kind of intent fails, drawn: never, or now and then. */
export const rates = fc.record({
  'lane.prepare': fc.constantFrom(0, 0.05),
  'agent.run': fc.constantFrom(0, 0.2),
  'work.harvest': fc.constantFrom(0, 0.1),
  'candidate.build': fc.constantFrom(0, 0.3),
  'checks.run': fc.constantFrom(0, 0.2),
  'ref.move': fc.constantFrom(0, 0.2),
  'scripts.run': fc.constantFrom(0, 0.5),
});

/** Each ticket as often as the summary of a run tells what became of it, sorted. */
export function toldOf(state: RunState): readonly string[] {
  const { landed, deferred, blocked, pending } = summarise(state);
  return [...landed, ...deferred, ...blocked, ...pending].map(({ id }) => id).sort();
}
