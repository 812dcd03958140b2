import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ProcessEntry } from './process-entry.js';
import { isAlive, readProcessTable } from './process-table.js';
import { findTree, type ProcessId, type TreeMark } from './process-tree.js';

/** How a tree is ended. */
export interface KillManner {
  /** Default SIGTERM. */
  readonly politeSignal?: 'SIGTERM' | 'SIGINT';
  /** Between the polite signal and SIGKILL; 0: no polite signal. */
  readonly graceMs: number;
}

/** What was found alive, and what could not be ended (another user's, or stuck in the kernel) within five seconds. */
export interface KillReport {
  readonly found: readonly ProcessEntry[];
  readonly survivors: readonly ProcessEntry[];
}

const POLL_MS = 10;
const GIVE_UP_MS = 5_000;

/**
 * Ends a tree and settles when nothing of it was found twice in a row.
 *
 * The tree is walked before the first signal, because orphans lose their parent. The polite signal goes to the groups
 * of the known leaders (to every process where no leader lives). When these are gone or the grace is over, all that
 * is left is held by SIGSTOP until a walk finds nothing new, so that nothing can fork away, and then killed.
 * Every signal goes to a pid whose start time was just checked.
 */
export async function killTree(mark: TreeMark, manner: KillManner): Promise<KillReport> {
  const seen = new Map<number, ProcessEntry>();
  const walk = async () => {
    const known: ProcessId[] = [...mark.known, ...seen.values()];
    const living = findTree(await readProcessTable(mark.notBefore), { ...mark, known });
    for (const entry of living) seen.set(entry.pid, entry);
    return living;
  };

  let living = await walk();
  if (living.length > 0 && manner.graceMs > 0) {
    const asked = askToEnd(living, mark.known, manner.politeSignal ?? 'SIGTERM');
    await untilDead(asked, manner.graceMs);
    living = await walk();
  }
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (;;) {
    if (living.length === 0) {
      await setImmediate();
      living = await walk();
      if (living.length === 0) return { found: [...seen.values()], survivors: [] };
    }
    if (performance.now() > giveUpAt) return { found: [...seen.values()], survivors: living };
    const held = await hold(living, walk);
    for (const entry of held) signal(entry, 'SIGKILL');
    await untilDead(held, GIVE_UP_MS / 5);
    living = await walk();
  }
}

/** Stops the processes, and those which they started before they were stopped, until a walk finds no new one. */
async function hold(
  living: readonly ProcessEntry[],
  walk: () => Promise<ProcessEntry[]>,
): Promise<readonly ProcessEntry[]> {
  const held = new Map<number, string>();
  let all = living;
  for (let round = 0; round < 20; round += 1) {
    const fresh = all.filter((entry) => held.get(entry.pid) !== entry.started);
    if (fresh.length === 0) break;
    for (const entry of fresh) {
      signal(entry, 'SIGSTOP');
      held.set(entry.pid, entry.started);
    }
    all = await walk();
  }
  return all;
}

/** Sends the polite signal, to the living leaders' groups or, without one, to all; returns who got it. */
function askToEnd(
  tree: readonly ProcessEntry[],
  known: readonly ProcessId[],
  politeSignal: NodeJS.Signals,
): readonly ProcessEntry[] {
  const leaders = new Set(known.filter(isAlive).map(({ pid }) => pid));
  const led = tree.filter((entry) => leaders.has(entry.group));
  const asked = led.length > 0 ? led : tree;
  for (const entry of asked) signal(entry, politeSignal);
  return asked;
}

async function untilDead(entries: readonly ProcessId[], limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (entries.some(isAlive) && performance.now() < until) await setTimeout(POLL_MS);
}

/** Signals one process, if it still is that one. */
function signal(entry: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(entry)) return;
  try {
    process.kill(entry.pid, name);
  } catch {
    // Gone meanwhile, or not ours to signal: the next walk tells.
  }
}
