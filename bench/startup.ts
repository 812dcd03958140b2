import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inMs, median, times, type Figure } from './figure.js';
import { generateIndex } from './generate.js';
import { createScratch, sageBin } from './scratch.js';

const ROUNDS = 21;

const CALLS = [
  { call: 'node -e 0', args: ['-e', '0'], aim: '' },
  { call: 'sage --version', args: [sageBin, '--version'], aim: '≤ 1.3 ×' },
  { call: 'sage --help', args: [sageBin, '--help'], aim: '' },
  ...[
    'status',
    'status --json',
    'runs',
    'logs T-1',
    'stop',
    'cancel',
    'pause',
    'resume',
    'retry PART0-000',
    'config',
  ].map((call) => ({
    call: `sage ${call}`,
    args: [sageBin, ...call.split(' ')],
    aim: '≤ 2 ×',
  })),
  {
    call: 'sage stream --dry-run, 344 tickets',
    args: [sageBin, 'stream', '--dry-run'],
    aim: '≤ 2.5 ×',
  },
] as const;

/**
 * How long calls take beside a node that does nothing. They take turns, so that a busy moment of the machine touches
 * all of them.
 */
export async function benchStartup(): Promise<readonly Figure[]> {
  await using scratch = await createScratch(50);
  // Something to look back on; its configuration goes, which the previews never had.
  await scratch.queue([{ id: 'T-1' }], 'echo done > done.txt');
  await scratch.stream([]);
  await rm(join(scratch.checkout, '.sage/config.yaml'));
  await writeFile(join(scratch.checkout, '.sage/tickets/index.json'), generateIndex(344, 400));
  const spent = CALLS.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { args, call }] of CALLS.entries()) {
      const started = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, {
        cwd: scratch.checkout,
        env: scratch.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      if (status !== 0) throw new Error(`${call}: ${stderr.toString()}`);
      spent[index]?.push(performance.now() - started);
    }
  }
  const medians = spent.map(median);
  const bare = medians[0] ?? NaN;
  return CALLS.map(({ call, aim }, index) => {
    const ms = medians[index] ?? NaN;
    return index === 0
      ? { what: call, figure: inMs(ms), aim }
      : { what: `${call} ÷ node -e 0`, figure: `${times(ms / bare)} (${inMs(ms)})`, aim };
  });
}
