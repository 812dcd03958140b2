import { sumOf, type Format } from './format.js';

const LINE = /^ +\d+:\d+ +(error|warning) +(.*?)(?: {2,}(\S+))?$/;

/** ESLint's `stylish` formatter (eslint.org/docs/latest/use/formatters/#stylish): a file, its problems, the counts. */
export const eslint: Format = {
  name: 'eslint',
  read(lines) {
    const counts = /^\u2716 \d+ problems? \((\d+) errors?, \d+ warnings?\)/;
    const errors = sumOf(lines, counts);
    const doWarningsCount = lines.some((line) => line.startsWith('ESLint found too many warnings'));
    const failures: string[] = [];
    let file = '';
    for (const line of lines) {
      const problem = LINE.exec(line);
      if (!problem && /^\S/.test(line)) file = line.trim();
      if (!problem || (problem[1] === 'warning' && !doWarningsCount)) continue;
      failures.push([file, problem[3], problem[2]].filter(Boolean).join(' '));
    }
    if (failures.length === 0 || (errors === undefined && file === '')) return undefined;
    const warnings = doWarningsCount
      ? sumOf(lines, /^\u2716 \d+ problems? \(\d+ errors?, (\d+) warnings?\)/)
      : 0;
    return {
      failures,
      told: (errors ?? 0) + (warnings ?? 0),
      isWhole: errors !== undefined,
      maySameNameTwice: true,
    };
  },
};
