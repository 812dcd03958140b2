import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const home = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bin = join(home, 'bin/sage');

/** A call's median time over rounds that alternate with the others', and its ratio to node doing nothing. */
export interface StartupFigure {
  readonly call: string;
  readonly medianMs: number;
  readonly ratio: number;
}

/**
 * How long `sage --version`, `--help` and `stream --dry-run` (in `folder`) take, beside `node -e 0`. The calls take turns,
 * so that a busy moment of the machine touches all of them.
 */
export function measureStartup(folder: string, rounds = 21): readonly StartupFigure[] {
  const calls: readonly (readonly [string, readonly string[]])[] = [
    ['node -e 0', ['-e', '0']],
    ['sage --version', [bin, '--version']],
    ['sage --help', [bin, '--help']],
    ['sage stream --dry-run', [bin, 'stream', '--dry-run']],
  ];
  const times = calls.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, args]] of calls.entries()) {
      const started = performance.now();
      spawnSync(process.execPath, args, { cwd: folder, stdio: 'ignore' });
      times[index]?.push(performance.now() - started);
    }
  }
  const medians = times.map(median);
  const bare = medians[0] ?? NaN;
  return calls.map(([call], index) => {
    const medianMs = medians[index] ?? NaN;
    return { call, medianMs, ratio: medianMs / bare };
  });
}

/** Prints {@link measureStartup}, one line a call. */
export function printStartup(folder: string, rounds?: number): void {
  for (const { call, medianMs, ratio } of measureStartup(folder, rounds)) {
    console.log(
      `${call.padEnd(24)} ${medianMs.toFixed(1).padStart(8)} ms  ${ratio.toFixed(2)} × bare node`,
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
