import { sumOf, withoutTime, type Format } from './format.js';

const HEADLINE = /^\u23af+ Failed (?:Suites|Tests) (\d+) \u23af+$/;

/**
 * Vitest's default and verbose reporters (vitest.dev/guide/reporters): ` FAIL  path > suite > test`, or `path [ path ]`
 * for a file that cannot be run, below a headline that counts them; then the counts, with errors that belong to no test.
 * Above the first headline stands what tests print.
 */
export const vitest: Format = {
  name: 'vitest',
  read(lines) {
    const files = lines.find((line) => /^ *Test Files +\d/.test(line));
    if (files === undefined && !lines.some((line) => /^ FAIL +\S+ > /.test(line))) return undefined;
    const from = lines.findIndex((line) => HEADLINE.test(line));
    const failures = new Set(
      lines.slice(from < 0 ? lines.length : from).flatMap((line) => {
        const name = /^ *FAIL +(\S.*)$/.exec(line)?.[1];
        return name === undefined ? [] : [withoutTime(name)];
      }),
    );
    const tests = lines.find((line) => /^ *Tests +(?:\d|no tests)/.test(line)) ?? '';
    const errors = lines.find((line) => /^ *Errors +\d/.test(line)) ?? '';
    const told =
      Math.max(sumOf(lines, HEADLINE) ?? 0, Number(/(\d+) failed/.exec(tests)?.[1] ?? 0)) +
      Number(/(\d+) error/.exec(errors)?.[1] ?? 0);
    if (failures.size === 0 && told === 0) return undefined;
    return { failures: [...failures], told, isWhole: files !== undefined };
  },
};
