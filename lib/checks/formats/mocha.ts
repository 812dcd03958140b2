import { PATH, sumOf, type Format } from './format.js';

/**
 * Mocha's `spec` and `dot` reporters (mochajs.org/#spec): `2 failing`, then each with a number and its titles, one a line
 * and indented more and more, the last one with a colon.
 */
export const mocha: Format = {
  name: 'mocha',
  read(lines) {
    const told = sumOf(lines, /^ +(\d+) failing$/);
    if (told === undefined || told === 0) return undefined;
    const failures: string[] = [];
    let titles: string[] = [];
    for (const line of lines.slice(lines.findIndex((one) => /^ +\d+ failing$/.test(one)))) {
      const [, first, deeper] = /^ {2,3}\d+\) (.*)$|^ {7,}(\S.*)$/.exec(line) ?? [];
      if (first !== undefined) titles = [first.trim()];
      else if (deeper !== undefined && titles.length > 0) titles.push(deeper.trim());
      if (first !== undefined || deeper !== undefined || titles.length === 0) continue;
      failures.push(titles.join(PATH).replace(/:$/, ''));
      titles = [];
    }
    return { failures, told, isWhole: true };
  },
};
