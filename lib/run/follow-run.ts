import { setTimeout as pause } from 'node:timers/promises';
import type { RunState } from '../engine/state.js';
import { followJournal } from '../journal/read.js';
import { readLivingOwner } from '../journal/read-owner.js';
import { runDirectory, sageDirectory } from '../journal/run-directory.js';
import type { Clock } from '../model/clock.js';
import { demand } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import { foldNext } from './read-run.js';

/** Where a run that was followed stands: it waits for a human, has ended, or the time was over. */
export interface Followed {
  readonly how: 'asks' | 'paused' | 'finished' | 'died' | 'running';
  /** Absent: it died before its first record. */
  readonly state?: RunState;
}

const LOOK_MS = 100;

/** Follows a run to its next question, or its end, for so long. Only looks. */
export async function followToQuestion(
  commonDir: string,
  run: RunId,
  clock: Clock,
  limitMs = Infinity,
): Promise<Followed> {
  const news = followJournal(runDirectory(commonDir, run).events);
  const giveUpAt = clock.monotonic() + limitMs;
  let state: RunState | undefined;
  for (;;) {
    // Asked before the journal is read: what a process wrote before it ended is then known.
    const isOwned = await isOwnedBy(commonDir, run);
    for (const event of demand(await news())) state = foldNext(state, event);
    const how = state && standing(state, isOwned);
    if (state && how !== undefined) return { how, state };
    if (!isOwned) return { how: 'died', ...(state ? { state } : {}) };
    if (clock.monotonic() > giveUpAt) return { how: 'running', ...(state ? { state } : {}) };
    await pause(LOOK_MS);
  }
}

/** What a human should look at now; nothing: it goes on. */
function standing(state: RunState, isOwned: boolean): Followed['how'] | undefined {
  // Until its process is gone, nobody else can begin anything here.
  if (state.finished) return isOwned ? undefined : 'finished';
  if (!isOwned) return 'died';
  if (state.question) return 'asks';
  const isIdle = state.active.size === 0 && state.landing.chain.length === 0;
  return state.paused !== undefined && isIdle && state.open.size === 0 ? 'paused' : undefined;
}

async function isOwnedBy(commonDir: string, run: RunId): Promise<boolean> {
  const owner = await readLivingOwner(sageDirectory(commonDir));
  return owner?.run === run;
}
