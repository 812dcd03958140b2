import { PATH, withoutTime, type Format } from './format.js';

const SUITE_FAILED = 'Test suite failed to run';

/**
 * Jest's default and verbose reporters (jestjs.io/docs/configuration#reporters-arraymodulename--modulename-options):
 * `FAIL path`, `  ● suite › test`, the counts. With many suites the failures are printed a second time at the end.
 */
export const jest: Format = {
  name: 'jest',
  read(lines) {
    const suites = /^Test Suites: +(?:(\d+) failed)?/;
    const summary = lines.findLast((line) => /^Tests: +\d/.test(line));
    const failedSuites = Number(lines.flatMap((line) => suites.exec(line)?.[1] ?? []).at(-1) ?? 0);
    const byFile = failuresByFile(lines);
    if (byFile.size === 0 || !lines.some((line) => /^ {2}\u25cf |^Test Suites: /.test(line))) {
      return undefined;
    }
    const named = [...byFile].flatMap(([file, names]) =>
      names.size === 0 ? [file] : [...names].map((name) => `${file}${PATH}${name}`),
    );
    const limits = lines.flatMap(
      (line) => /^Jest: (.*threshold for \S+ \(.*?\) not met)/.exec(line)?.[1] ?? [],
    );
    const tests = Number(/(\d+) failed/.exec(summary ?? '')?.[1] ?? 0);
    const notRun = named.filter((name) => name.endsWith(SUITE_FAILED)).length;
    return {
      failures: [...named, ...limits],
      told: Math.max(tests + notRun, failedSuites) + limits.length,
      isWhole: summary !== undefined,
    };
  },
};

function failuresByFile(lines: readonly string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  let names: Set<string> | undefined;
  for (const line of lines) {
    const file = /^ ?FAIL +(\S.*)$/.exec(line)?.[1];
    if (file !== undefined) {
      const path = withoutTime(file);
      names = found.get(path) ?? new Set();
      found.set(path, names);
    } else if (/^ ?(?:PASS|RUNS) /.test(line)) names = undefined;
    const name = /^ {2}\u25cf (.+)$/.exec(line)?.[1]?.trim();
    if (name !== undefined && name !== 'Console') names?.add(name);
  }
  return found;
}
