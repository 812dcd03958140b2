import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../lib/model/event.js';
import { times, type Figure } from './figure.js';
import { createScratch } from './scratch.js';

const TICKETS = 24;
const BAD = 13;
const SECONDS = 2;

/**
 * The same with real git and real processes: a batch of 24 finished tickets, one of them bad, checks of two seconds
 * that sleep. Landed per verification time from the first build to the last landing, with one slot and with four.
 */
export async function benchRealWindow(): Promise<readonly Figure[]> {
  const [serial, each, tips] = await Promise.all([
    pace('each', 1),
    pace('each', 4),
    pace('tips', 4),
  ]);
  const what = `${TICKETS} tickets, one bad, real processes`;
  return [
    { what: `${what}: each, K=1`, figure: shown(serial), aim: '' },
    {
      what: `${what}: each, K=4`,
      figure: `${shown(each)}, ${times(each.pace / serial.pace)}`,
      aim: '',
    },
    {
      what: `${what}: tips, K=4`,
      figure: `${shown(tips)}, ${times(tips.pace / serial.pace)}`,
      aim: '',
    },
  ];
}

interface Pace {
  readonly pace: number;
  /** Verifications per landed ticket. */
  readonly cost: number;
}

const shown = ({ pace, cost }: Pace) => `${pace.toFixed(2)} / ${cost.toFixed(2)}`;

async function pace(verify: 'each' | 'tips', slots: number): Promise<Pace> {
  await using scratch = await createScratch(200);
  const tickets = Array.from({ length: TICKETS }, (_, number) => ({ id: `T-${number}` }));
  await scratch.queue(tickets, 'echo done > "done-$SAGE_TICKET.txt"', {
    verify: [`sleep ${SECONDS}; test ! -e done-T-${BAD}.txt`],
    land: { verify, slots },
    schedule: 'batch',
  });
  await scratch.stream(['--parallel=8'], undefined, 1);
  const runs = join(scratch.checkout, '.git/sage/runs');
  const [run = ''] = await readdir(runs);
  const text = await readFile(join(runs, run, 'events.ndjson'), 'utf8');
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const landed = events.filter(({ type }) => type === 'landing.landed');
  if (landed.length !== TICKETS - 1) throw new Error(`${landed.length} landed`);
  const first = events.find(({ type }) => type === 'landing.started');
  const ms = Date.parse(landed.at(-1)?.at ?? '') - Date.parse(first?.at ?? '');
  const checks = events.filter(({ type }) => type === 'landing.check-started').length;
  return { pace: (landed.length * SECONDS * 1_000) / ms, cost: checks / landed.length };
}
