import type { CheckResult, KnownFailures } from '../model/work.js';
import type { ProcessEnd } from '../process/process-spec.js';
import { fingerprint, type Fingerprint } from './fingerprint.js';
import { readLog } from './read-log.js';

type NamedFailures = Exclude<Fingerprint, { readonly unnamed: string }>;

/** What is found out about a try of a command that failed. */
export interface Opinion extends Pick<
  CheckResult,
  'known' | 'added' | 'lines' | 'unnamed' | 'notes'
> {
  /** It fails as the base does and no worse: it need not be tried again. */
  readonly isExcused: boolean;
  /** It did worse when it was tried before. */
  readonly isFlaky?: boolean;
}

/** Looks at each failed try of one command, one after the other. */
export type Judge = (log: string, end: ProcessEnd) => Promise<Opinion>;

/**
 * For the base: what fails in each of its tries, with the same exit code, is known from then on. What fails only once is
 * flaky, and has a retry of its own at each landing.
 */
export function judgeOfBase(folders: readonly string[]): Judge {
  let first: { readonly named: Fingerprint; readonly end: ProcessEnd } | undefined;
  return async (log, end) => {
    const named = await nameFailures(log, end, folders);
    const before = first;
    first ??= { named, end };
    if (named.unnamed !== undefined) return refused(named.unnamed);
    if (!before) return refused('it was tried only once');
    if (before.named.unnamed !== undefined) return refused(before.named.unnamed);
    const earlier = new Set(before.named.failures);
    const known = named.failures.filter((name) => earlier.has(name));
    if (known.length === 0) return refused('other failures came when it was tried again');
    const sizes = [before.named.failures.length, named.failures.length] as const;
    if (!endsAlike([before.end, sizes[0]], [end, sizes[1]])) {
      return refused('it ended with another exit code when it was tried again');
    }
    const once = Math.max(...sizes) - known.length;
    const notes = once > 0 ? [`${once} more failed in one of two tries only`] : [];
    return { isExcused: true, known, ...linesOf(named), ...(notes.length > 0 ? { notes } : {}) };
  };
}

/** For a candidate: its failures are those that the base had, or they are new. */
export function judgeOfCandidate(
  folders: readonly string[],
  baseline: KnownFailures | undefined,
): Judge {
  const before = new Set(baseline?.failures);
  let tries = 0;
  return async (log, end) => {
    tries += 1;
    const named = await nameFailures(log, end, folders);
    if (named.unnamed !== undefined) return refused(named.unnamed);
    const { failures } = named;
    const known = failures.filter((name) => before.has(name));
    const added = failures.filter((name) => !before.has(name));
    const told = {
      ...(known.length > 0 ? { known } : {}),
      ...(added.length > 0 ? { added } : {}),
      ...linesOf(named),
    };
    if (added.length > 0 || !baseline) return { isExcused: false, ...told };
    const objection = differenceOf(baseline, named, end);
    return objection === undefined
      ? { isExcused: true, isFlaky: tries > 1, ...told }
      : { isExcused: false, ...told, unnamed: objection };
  };
}

/** What else than the names is not as on the base. */
function differenceOf(
  baseline: KnownFailures,
  { failures, lines = Infinity }: NamedFailures,
  end: ProcessEnd,
): string | undefined {
  const base = { end: { kind: 'exited', code: baseline.exitCode } } as const;
  if (!endsAlike([base, baseline.failures.length], [end, failures.length])) {
    return `on the base it ended with ${baseline.exitCode}`;
  }
  const mended = baseline.failures.length - failures.length;
  return lines + mended < (baseline.lines ?? 0)
    ? `its output is shorter than the base's, ${lines} lines and not ${baseline.lines ?? 0}`
    : undefined;
}

const linesOf = ({ lines }: NamedFailures) => (lines === undefined ? {} : { lines });

const refused = (unnamed: string): Opinion => ({ isExcused: false, unnamed });

async function nameFailures(
  log: string,
  { end, logError }: ProcessEnd,
  folders: readonly string[],
): Promise<Fingerprint> {
  if (end.kind !== 'exited') return { unnamed: 'it did not end by itself' };
  if (end.code > 125)
    return { unnamed: `exit code ${end.code} says that it was not run to its end` };
  const { text, isWhole } = await readLog(log);
  if (!isWhole || logError !== undefined)
    return { unnamed: 'its output is too long to be compared' };
  return fingerprint(text, folders);
}

type Ending = readonly [Pick<ProcessEnd, 'end'>, failures: number];

/** The same exit code; or, as of a runner that exits with the number of its failures (mocha), that number. */
function endsAlike(one: Ending, other: Ending): boolean {
  const [a, b] = [codeOf(one), codeOf(other)];
  return a !== undefined && (a === b || (isCount(one) && isCount(other)));
}

const codeOf = ([{ end }]: Ending) => (end.kind === 'exited' ? end.code : undefined);
const isCount = (ending: Ending) => codeOf(ending) === ending[1];
