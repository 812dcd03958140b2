/** One thing that must hold after all the kills. */
export interface Proof {
  readonly holds: boolean;
  readonly words: string;
  /** What is otherwise, a line each. */
  readonly faults: readonly string[];
}

/** It holds when nothing speaks against it. */
export const proof = (words: string, faults: readonly string[]): Proof => ({
  words,
  faults,
  holds: faults.length === 0,
});
