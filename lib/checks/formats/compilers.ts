import type { Format } from './format.js';

const PLAIN = /^(.+?)\(\d+(?:,\d+)*\): error ([A-Z]+\d+): (.*)$/;
const PRETTY = /^(.+?):\d+:\d+ - error (TS\d+): (.*)$/;
const GLOBAL = /^error (TS\d+): (.*)$/;

/**
 * `tsc`, plain and `--pretty` (typescriptlang.org/docs/handbook/compiler-options.html), and MSBuild, whose form of a
 * diagnostic it is (learn.microsoft.com/visualstudio/msbuild/msbuild-diagnostic-format-for-tasks).
 */
export const compilers: Format = {
  name: 'tsc',
  read(lines) {
    const failures = lines.flatMap((line) => {
      const [, file, code = '', text = ''] = PLAIN.exec(line) ?? PRETTY.exec(line) ?? [];
      if (file !== undefined) return [`${file.trim()} ${code} ${withoutProject(text)}`];
      const [, global, message = ''] = GLOBAL.exec(line) ?? [];
      return global === undefined ? [] : [`${global} ${message}`];
    });
    if (failures.length === 0) return undefined;
    return { failures, isWhole: true, maySameNameTwice: true };
  },
};

const withoutProject = (text: string) => text.replace(/ \[[^\]]*proj\]$/, '').trim();
