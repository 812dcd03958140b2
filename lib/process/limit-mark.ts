import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from './find-program.js';
import { limitOf } from './marker.js';

/**
 * The mark that a program cannot shed: a resource limit that limits nothing. Linux hands limits on to every child,
 * through cleared environments, new sessions and lost parents; a lowered hard limit cannot be raised again without
 * privileges; and everybody may read it in /proc. Linux takes no notice of RLIMIT_RSS at all; of RLIMIT_FSIZE not at
 * this height (4 EiB and more). The second is for a sage that runs inside another one's program.
 */
const CANDIDATES = [
  { option: 'rss', row: 'Max resident set' },
  { option: 'fsize', row: 'Max file size' },
] as const;

const FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'].join(':');

/** Puts a marker's limit on a program. */
export interface LimitMarking {
  /** The program and arguments that set the limit and then become the given ones. */
  wrap(marker: string, file: string, args: readonly string[]): readonly [string, readonly string[]];
}

let found: Promise<LimitMarking | undefined> | undefined;

/**
 * How this process can mark what it starts; nothing where `prlimit` (util-linux) is missing, its call is forbidden or
 * both limits are set already. Tried with a real program: once, or again where the machine had no process left for it.
 */
export function limitMarking(): Promise<LimitMarking | undefined> {
  return (found ??= process.platform === 'linux' ? findMarking() : Promise.resolve(undefined));
}

async function findMarking(): Promise<LimitMarking | undefined> {
  const prlimit = await findProgram('prlimit', FOLDERS, '/');
  if (prlimit === undefined) return undefined;
  const own = readOwnLimits();
  const probe = limitOf(`probe-${process.pid}`);
  for (const { option, row } of CANDIDATES) {
    if (!isUnlimited(own, row)) continue;
    const set = (limit: bigint) => [`--${option}=${limit}:${limit}`, '--'];
    const answer = await output(prlimit, [...set(probe), 'cat', '/proc/self/limits']);
    if (answer === undefined) found = undefined;
    if (!parseLimits(answer ?? '').includes(probe)) continue;
    return { wrap: (marker, file, args) => [prlimit, [...set(limitOf(marker)), file, ...args]] };
  }
  return undefined;
}

/** The hard limits in a text of /proc/PID/limits that may be marks. */
export function parseLimits(text: string): readonly bigint[] {
  return CANDIDATES.flatMap(({ row }) => {
    const hard = hardLimit(text, row);
    return hard === undefined || hard === 'unlimited' ? [] : [BigInt(hard)];
  });
}

const isUnlimited = (text: string, row: string) => hardLimit(text, row) === 'unlimited';

/** Columns: name, soft limit, hard limit, unit. */
function hardLimit(text: string, row: string): string | undefined {
  const at = text.indexOf(row);
  if (at === -1) return undefined;
  const end = text.indexOf('\n', at);
  return /\S+\s+(\d+|unlimited)\s/.exec(text.slice(at + row.length, end))?.[1];
}

function readOwnLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}

/** Its standard output; empty when it fails, nothing when it could not be started. */
function output(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env: { PATH: FOLDERS }, timeout: 5_000 };
    try {
      execFile(file, args, options, (error, stdout) => {
        if (error === null) resolve(stdout);
        else resolve(typeof error.code === 'string' ? undefined : '');
      });
    } catch {
      resolve(undefined);
    }
  });
}
