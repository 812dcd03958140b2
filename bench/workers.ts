import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inMs, median, times, type Figure } from './figure.js';
import { childrenOf, pssOf } from './memory.js';
import { createScratch } from './scratch.js';

const WORKERS = 8;
const TICKETS = 50;
const ROUNDS = 3;

const tickets = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `T-${index}` }));

/**
 * What sage itself takes while agents work, without the agents: PSS of the orchestrator, the warden and the gits that
 * stand ready, once with one worker and once with eight. Linux only.
 */
export async function benchWorkers(): Promise<readonly Figure[]> {
  const what = `sage with ${WORKERS} workers, agents excluded ÷ ${WORKERS}`;
  if (process.platform !== 'linux') {
    return [{ what, figure: 'left out: there is no /proc here', aim: '< 50 MB PSS' }];
  }
  const [one, all] = [await takenBy(1), await takenBy(WORKERS)];
  const inMb = (kb: number) => `${(kb / 1_000).toFixed(1)} MB`;
  const each = Math.max(0, all - one) / (WORKERS - 1);
  return [
    { what, figure: `${inMb(all / WORKERS)} (${inMb(all)} in all)`, aim: '< 50 MB PSS' },
    { what: '  each worker beyond the first', figure: inMb(each), aim: '< 2 MB PSS' },
  ];
}

/** In kB, when so many agents have begun and none has ended. */
async function takenBy(workers: number): Promise<number> {
  await using scratch = await createScratch(200);
  const [begun, go] = [join(scratch.root, 'begun'), join(scratch.root, 'go')];
  await mkdir(begun);
  const wait = `while [ ! -e "${go}" ]; do sleep 0.1; done`;
  const work = `: > "${begun}/$SAGE_TICKET"; ${wait}; echo done > "done-$SAGE_TICKET.txt"`;
  await scratch.queue(tickets(workers), work);
  const measure = async (pid: number) => {
    try {
      while ((await readdir(begun)).length < workers) await pause(20);
      const own = [pid, ...(await childrenOf(pid, /warden|^git\0/))];
      return (await Promise.all(own.map(pssOf))).reduce((sum, kb) => sum + kb, 0);
    } finally {
      await writeFile(go, '');
    }
  };
  let measured: Promise<number> | undefined;
  await scratch.stream([`--parallel=${workers}`], (pid) => {
    measured = measure(pid);
  });
  return (await measured) ?? NaN;
}

/** From the start of the program to the start of the first agent of a run of 50 tickets, beside what cannot be faster. */
export async function benchFirstAgent(): Promise<readonly Figure[]> {
  const [ours, nodes, gits]: number[][] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await using scratch = await createScratch(2_000);
    const first = join(scratch.root, 'first');
    const note = `mkdir "${first}" 2> /dev/null && date +%s%3N > "${first}/at"`;
    await scratch.queue(tickets(TICKETS), `${note}; echo done > "done-$SAGE_TICKET.txt"`);
    nodes!.push(startOf(process.execPath, ['-e', '0']));
    gits!.push(startOf('git', ['--version']));
    let startedAt = NaN;
    await scratch.stream(['--parallel=4'], () => (startedAt = Date.now()));
    ours!.push(Number(await readFile(join(first, 'at'), 'utf8')) - startedAt);
  }
  const [ms, node, git] = [median(ours!), median(nodes!), median(gits!)];
  const what = `to the first agent's start, ${TICKETS} tickets, 2000 files`;
  return [
    { what: `${what} ÷ node -e 0`, figure: `${times(ms / node)} (${inMs(ms)})`, aim: '< 2 s' },
    { what: '  ÷ git --version', figure: `${times(ms / git)} (${inMs(git)})`, aim: '' },
  ];
}

/** Milliseconds from its start to its end. */
function startOf(file: string, args: readonly string[]): number {
  const started = performance.now();
  spawnSync(file, args, { stdio: 'ignore' });
  return performance.now() - started;
}
