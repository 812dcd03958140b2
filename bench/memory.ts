import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Figure } from './figure.js';
import { createScratch } from './scratch.js';

const WORKERS = 8;
const BYTES_EACH = 1_000_000_000 / WORKERS;
const EVERY_MS = 100;

/** Half of them print lines, half print without ever ending one. */
const AGENT = `case "$SAGE_TICKET" in
  *[02468]) yes 'a line of output such as a talkative program prints it, eighty characters a line' ;;
  *) yes '' | tr '\\n' x ;;
esac | head -c ${BYTES_EACH}
echo done > "done-$SAGE_TICKET.txt"`;

/**
 * What the orchestrator and its warden take while eight workers print 1 GB in all: the largest sum of their PSS (the
 * memory that is theirs, shared pages counted in parts) seen in samples ten times a second. Linux only.
 */
export async function benchMemory(): Promise<readonly Figure[]> {
  const what = `orchestrator and warden, ${WORKERS} workers printing 1 GB in all`;
  if (process.platform !== 'linux') {
    return [{ what, figure: 'left out: there is no /proc here', aim: '≤ 90 MB PSS' }];
  }
  await using scratch = await createScratch(200);
  const tickets = Array.from({ length: WORKERS }, (_, number) => ({ id: `T-${number}` }));
  await scratch.queue(tickets, AGENT);
  const stop = new AbortController();
  let watched: Promise<Peak> | undefined;
  const ended = scratch.stream([`--parallel=${WORKERS}`], (pid) => {
    watched = watch(pid, stop.signal);
  });
  try {
    const { summary } = await ended;
    if (summary.landed.length !== WORKERS) throw new Error('not every ticket landed');
  } finally {
    stop.abort();
  }
  const peak = await watched;
  const inMb = (kb = NaN) => `${(kb / 1_000).toFixed(0)} MB`;
  return [
    {
      what,
      figure: `${inMb(peak?.sum)} (${inMb(peak?.orchestrator)} + ${inMb(peak?.warden)})`,
      aim: '≤ 90 MB PSS',
    },
  ];
}

/** In kB of 1,024 bytes, as /proc tells them. */
interface Peak {
  readonly sum: number;
  readonly orchestrator: number;
  readonly warden: number;
}

async function watch(pid: number, stop: AbortSignal): Promise<Peak> {
  let peak: Peak = { sum: 0, orchestrator: 0, warden: 0 };
  while (!stop.aborted) {
    const wardens = await childrenOf(pid, /warden/);
    const orchestrator = await pssOf(pid);
    let warden = 0;
    for (const child of wardens) warden += await pssOf(child);
    if (orchestrator + warden > peak.sum) {
      peak = { sum: orchestrator + warden, orchestrator, warden };
    }
    await pause(EVERY_MS);
  }
  return peak;
}

/** In kB; 0 for one that has ended. */
export async function pssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}

/** Programs that a process has started itself, by their command lines. */
export async function childrenOf(pid: number, program: RegExp): Promise<number[]> {
  const found: number[] = [];
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const listed = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '');
    for (const child of listed.split(' ').filter((part) => part !== '')) {
      const line = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
      if (program.test(line)) found.push(Number(child));
    }
  }
  return found;
}
