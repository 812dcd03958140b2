import { PATH, sumOf, type Format } from './format.js';

/** `▶ name`, with a time where it is closed; `✖ name (0.5ms)`. */
const OPENS = /^( *)\u25b6 (.*?)(?: (\([\d.]+m?s\)))?$/;
const FAILS = /^( *)\u2716 (.*) \([\d.]+m?s\)( # TODO.*)?$/;
const AGAIN = '✖ failing tests:';

interface Failing {
  readonly path: readonly string[];
  readonly isTodo: boolean;
}

/**
 * Node's runner with its `spec` reporter (nodejs.org/api/test.html#test-reporters): a tree of `▶` and `✖`, the counts,
 * then the failing ones again with their files, in the same order.
 */
export const nodeSpec: Format = {
  name: 'node --test',
  read(lines) {
    const fail = sumOf(lines, /^\u2139 fail (\d+)$/);
    const { leaves, parents } = failing(lines);
    if (leaves.length === 0 && !fail) return undefined;
    const files = filesOf(lines);
    const isSame =
      files.length === leaves.length &&
      files.every(({ name }, at) => name === leaves[at]?.path.at(-1));
    const failures = leaves.flatMap(({ path, isTodo }, at) => {
      const file = isSame ? files[at]?.file : undefined;
      return isTodo ? [] : [[...(file && path[0] !== file ? [file] : []), ...path].join(PATH)];
    });
    // A failing parent is counted when it is a test and not when it is a suite; they look the same.
    return {
      failures,
      ...(fail === undefined ? {} : { told: Math.max(fail - parents, 0) }),
      isWhole: fail !== undefined,
    };
  },
};

function failing(lines: readonly string[]) {
  const leaves: Failing[] = [];
  let parents = 0;
  const open: string[] = [];
  for (const line of lines) {
    if (line === AGAIN) break;
    const opens = OPENS.exec(line);
    const fails = FAILS.exec(line);
    const name = (opens ?? fails)?.[2] ?? '';
    const depth = ((opens ?? fails)?.[1]?.length ?? 0) / 2;
    if (opens) {
      open.length = Math.min(open.length, depth);
      // With a time it closes what was opened: older versions say it so, whatever became of it.
      if (opens[3] === undefined) open.push(name);
    } else if (fails && open.length > depth && open[depth] === name) {
      open.length = depth;
      parents += 1;
    } else if (fails && open.length >= depth) {
      leaves.push({ path: [...open.slice(0, depth), name], isTodo: fails[3] !== undefined });
    }
  }
  return { leaves, parents };
}

function filesOf(lines: readonly string[]) {
  const from = lines.indexOf(AGAIN);
  const found: { readonly file: string; readonly name: string }[] = [];
  let file: string | undefined;
  for (const line of from < 0 ? [] : lines.slice(from + 1)) {
    const at = /^test at (.*?):\d+:\d+$/.exec(line)?.[1];
    const name = FAILS.exec(line)?.[2];
    if (at !== undefined) file = at;
    else if (file !== undefined && name !== undefined) {
      found.push({ file, name });
      file = undefined;
    }
  }
  return found;
}
