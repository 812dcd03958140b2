import { setTimeout as pause } from 'node:timers/promises';
import { markerOf } from '../../agents/agent-run-deps.js';
import type { RunEvent } from '../../model/event.js';
import type { ProcessEntry, ProcessTable } from '../../process/process-entry.js';
import { isAlive, readProcessTable } from '../../process/process-table.js';
import { livesOf } from '../../run/life.js';
import type { Draw } from './draw-kills.js';

/** A program of the demo whose orchestrator is `pid`, leader of a group of its own. */
export interface Prey {
  readonly pid: number;
  /** Its journal as it stands now. */
  readonly events: () => Promise<readonly RunEvent[]>;
  readonly hasEnded: () => boolean;
}

/** How long a companion is waited for that is not at work just now. */
const PATIENCE_MS = 1_500;
const POLL_MS = 3;

/**
 * Kills the orchestrator with SIGKILL, and whom the draw names along with it. It is stopped before a companion dies: it
 * is to find that out when it is started again, not now. Answers who was killed, in words; nothing when it had ended.
 */
export async function killNow(prey: Prey, { victim }: Draw): Promise<string | undefined> {
  if (victim === 'orchestrator' || victim === 'group') {
    if (prey.hasEnded()) return undefined;
    if (!send(victim === 'group' ? -prey.pid : prey.pid, 'SIGKILL')) return undefined;
    return victim === 'group' ? 'sage with its process group' : 'sage';
  }
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    if (prey.hasEnded()) return undefined;
    const found = await companion(prey, victim);
    if (found) {
      // It may end by itself just now; then it is not said to be killed.
      const isHit = send(prey.pid, 'SIGSTOP') && isAlive(found) && send(found.pid, 'SIGKILL');
      if (!send(prey.pid, 'SIGKILL')) return undefined;
      return isHit ? `${found.words}, then sage` : 'sage';
    }
    if (performance.now() > giveUpAt) return send(prey.pid, 'SIGKILL') ? 'sage' : undefined;
    await pause(POLL_MS);
  }
}

type Companion = ProcessEntry & { readonly words: string };

async function companion(
  prey: Prey,
  victim: 'git' | 'agent' | 'warden',
): Promise<Companion | undefined> {
  const table = await readProcessTable();
  const children = [...table.entries.values()].filter(({ parent }) => parent === prey.pid);
  if (victim === 'git') {
    const child = children.find(({ name }) => name === 'git');
    return child && { ...child, words: 'a git at work' };
  }
  const events = await prey.events();
  const [first] = events;
  if (first?.type !== 'run.planned') return undefined;
  const lives = livesOf(first.run, events);
  const leaders = children.filter(({ pid, group }) => pid === group);
  if (victim === 'warden') {
    // Only what it ends is marked, not the warden itself.
    const isMarked = (entry: ProcessEntry) => lives.some((life) => table.isMarked(entry, life));
    const child = leaders.find((entry) => entry.name !== 'git' && !isMarked(entry));
    return child && { ...child, words: 'its warden' };
  }
  return agentOf(leaders, table, events, lives.at(-1) ?? first.run);
}

function agentOf(
  leaders: readonly ProcessEntry[],
  table: ProcessTable,
  events: readonly RunEvent[],
  life: string,
): Companion | undefined {
  const atWork = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'agent.called') atWork.set(event.attempt, markerOf(life, event));
    if (event.type === 'agent.finished') atWork.delete(event.attempt);
  }
  for (const [attempt, marker] of atWork) {
    const child = leaders.find((entry) => table.isMarked(entry, marker));
    if (child) return { ...child, words: `the agent of ${attempt}` };
  }
  return undefined;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
