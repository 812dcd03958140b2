import type { Entry } from './entries.js';
import { itemsOf, valueOf, type JsonArray } from './json-node.js';
import { writesAscii } from './json-style.js';

/** What an index is used to: which optional fields its writers use, and in what form. */
export interface Habits {
  readonly isAscii: boolean;
  readonly hasUpdated: boolean;
  readonly hasHistory: boolean;
  /** Whether a history, and an entry of one, is broken into lines; absent where no ticket shows it. */
  readonly historyLines?: readonly boolean[];
  /** Whether any ticket has a `git` object, be it an empty one, which would else count only once something is in it. */
  readonly hasGit: boolean;
  /** The keys that `git` objects have anywhere in the index. */
  readonly gitKeys: ReadonlySet<string>;
}

/** Looks over all tickets once. */
export function readHabits(text: string, entries: readonly Entry[]): Habits {
  const gitKeys = new Set<string>();
  let hasUpdated = false;
  let hasHistory = false;
  let hasGit = false;
  let historyLines: readonly boolean[] | undefined;
  for (const { node } of entries) {
    hasUpdated ||= valueOf(node, 'updated') !== undefined;
    const history = valueOf(node, 'state_history');
    if (history?.kind === 'array') {
      hasHistory = true;
      historyLines ??= linesOf(text, history);
    }
    const git = valueOf(node, 'git');
    if (git?.kind !== 'object') continue;
    hasGit = true;
    for (const { key } of git.members) gitKeys.add(key);
  }
  return {
    isAscii: writesAscii(text),
    hasUpdated,
    hasHistory,
    ...(historyLines === undefined ? {} : { historyLines }),
    hasGit,
    gitKeys,
  };
}

function linesOf(text: string, history: JsonArray): readonly boolean[] | undefined {
  const [first] = itemsOf(history);
  if (first === undefined) return undefined;
  return [
    text.slice(history.start, first.start).includes('\n'),
    text.slice(first.start, first.end).includes('\n'),
  ];
}
