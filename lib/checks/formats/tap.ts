import { PATH, sumOf, withoutTime, type Format } from './format.js';

interface Failing {
  readonly path: readonly string[];
  readonly isTodo: boolean;
  file?: string;
  isSuite?: boolean;
  /** It fails only because of what is in it, which is told by itself. */
  isParent?: boolean;
}

const NOT_OK = /^( *)not ok\b *\d* *(?:- )?(.*)$/;
const DIRECTIVE = /(?<!\\)# *(?:TODO|SKIP)\b.*$/i;

/**
 * The Test Anything Protocol (testanything.org/tap-version-14-specification.html), with what node's runner (nodejs.org/
 * api/test.html#test-reporters, `--test-reporter=tap`) and tape say beyond it: `# Subtest:` and the file in the YAML
 * block; a comment as the name of a test.
 */
export const tap: Format = {
  name: 'TAP',
  read(lines) {
    const { found, points } = readPoints(lines);
    if (found.length === 0) return undefined;
    const told = sumOf(lines, /^# fail\s+(\d+)$/);
    return {
      failures: found
        .filter(({ isTodo, isParent }) => !isTodo && isParent !== true)
        .map(({ file, path }) => [...(file && path[0] !== file ? [file] : []), ...path].join(PATH)),
      // A parent is counted by the runner and not named here.
      ...(told === undefined ? {} : { told: told - found.filter(isUncounted).length }),
      // The plan may stand first: what counts is that all it promised came.
      isWhole: points >= (sumOf(lines, /^1\.\.(\d+)/) ?? Infinity),
    };
  },
};

/** Parents that `# fail` counts: tests with subtests, but no suites. */
const isUncounted = ({ isParent, isSuite, isTodo }: Failing) =>
  isParent === true && isSuite !== true && !isTodo;

/** The failing tests, and how many test points stand at the top. */
function readPoints(lines: readonly string[]) {
  const found: Failing[] = [];
  let points = 0;
  const isTape =
    lines.some((line) => line.startsWith('TAP version')) &&
    !lines.some((line) => /^ *# Subtest: /.test(line));
  const parents: string[] = [];
  let last: Failing | undefined;
  let block: string | undefined;
  for (const line of lines) {
    if (block !== undefined) {
      if (line === `${block}...`) block = undefined;
      else readBlock(line.slice(block.length), last);
      continue;
    }
    const subtest = /^( *)# Subtest: (.*)$/.exec(line) ?? (isTape ? /^()# (.*)$/.exec(line) : null);
    const failure = NOT_OK.exec(line);
    if (/^(?:not )?ok\b/.test(line)) points += 1;
    if (/^ *---$/.test(line)) block = line.slice(0, -3);
    else if (subtest) {
      parents.length = depthOf(subtest[1]);
      parents.push(unescape(subtest[2]));
    } else if (failure) {
      const text = failure[2] ?? '';
      const name = withoutTime(unescape(text.replace(DIRECTIVE, '')));
      const above = isTape ? parents : parents.slice(0, depthOf(failure[1]));
      last = { path: [...above, name || 'unnamed'], isTodo: DIRECTIVE.test(text) };
      found.push(last);
    } else if (/^ *ok\b/.test(line)) last = undefined;
  }
  return { found, points };
}

function readBlock(line: string, failure: Failing | undefined): void {
  if (!failure) return;
  const file = /^location: ['"]?(.*?):\d+:\d+['"]?$/.exec(line)?.[1];
  if (file !== undefined) failure.file = file;
  if (line === "type: 'suite'") failure.isSuite = true;
  if (line === "failureType: 'subtestsFailed'") failure.isParent = true;
}

const depthOf = (indent = '') => Math.floor(indent.length / 4);
const unescape = (text = '') => text.replace(/\\([#\\])/g, '$1').trim();
