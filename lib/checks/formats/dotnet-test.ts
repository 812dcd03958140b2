import { sumOf, withoutTime, type Format } from './format.js';

/** `dotnet test` (learn.microsoft.com/dotnet/core/tools/dotnet-test): `  Failed Name [1 ms]` and `Failed!  - Failed: 1,`. */
export const dotnetTest: Format = {
  name: 'dotnet test',
  read(lines) {
    const told = sumOf(lines, /^Failed! +- Failed: +(\d+),/) ?? sumOf(lines, /^ +Failed: +(\d+)$/);
    const failures = lines.flatMap((line) => {
      const name = /^ {2}Failed (\S.* \[[^\]]+\])$/.exec(line)?.[1];
      return name === undefined ? [] : [withoutTime(name.replace(/\[< /, '['))];
    });
    if (told === undefined && failures.length === 0) return undefined;
    return { failures, ...(told === undefined ? {} : { told }), isWhole: told !== undefined };
  },
};
