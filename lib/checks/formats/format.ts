/** What one kind of output says about failures. */
export interface Recognised {
  /**
   * One name for each failure: stable from run to run, so without times and line numbers. A name that comes twice
   * stands for two failures.
   */
  readonly failures: readonly string[];
  /** How many of these the output itself counts at its end; absent: it does not count. */
  readonly told?: number;
  /** Whether the output came to its end: what was cut off may have had more failures to tell. */
  readonly isWhole: boolean;
  /** It says itself that it did not run all tests: what it did not run may fail, too. */
  readonly hasStopped?: boolean;
  /** The format has no end of its own: that something is missing shows in the number of lines only. */
  readonly isEndless?: boolean;
  /** Diagnostics of one text may come several times in a file; tests of one name cannot be told apart. */
  readonly maySameNameTwice?: boolean;
}

/**
 * One way in which tools print failures. `read` gets the lines without colours, carriage returns and the lane's path;
 * undefined: nothing in them is of this kind.
 */
export interface Format {
  readonly name: string;
  readonly read: (lines: readonly string[]) => Recognised | undefined;
}

/** Between the parts of a name, from the file to the test. */
export const PATH = ' › ';

/** A name without the time it took: `adds (12 ms)`, `adds [0.3s]`, `adds (5ms)`. */
export const withoutTime = (name: string) =>
  name
    .replace(/\s*[([]<?\s*[\d.,:]+\s*(?:[m\u00b5n]?s|m|min|sec(?:onds?)?)\s*[)\]]\s*$/, '')
    .trim();

/** The sum of the first group over all lines that match; undefined: none does. */
export function sumOf(lines: readonly string[], pattern: RegExp): number | undefined {
  const found = lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return found.length === 0 ? undefined : found.reduce((sum, one) => sum + Number(one), 0);
}
