import { diskTrouble, fullDisk } from '../journal/disk-trouble.js';
import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';

/**
 * What an effect brought; or, in its place, the word that the run cannot go on now. That is so when it failed by a fault
 * that no ticket may be blamed for and that passes by itself or by somebody's hand: a disk that is full or cannot be
 * written, a landing lock that its living holder does not let go. Its intent stays open: whoever resumes the run does it
 * again, and no finished work is lost or done twice. `folders` lie on the disks that the run needs.
 */
export async function orSuspension(
  events: readonly EventDraft[],
  folders: readonly [string, ...string[]],
): Promise<readonly EventDraft[]> {
  for (const event of events) {
    const failure = await standstill(event, folders);
    if (failure) return [{ type: 'run.suspended', failure }];
  }
  return events;
}

async function standstill(
  event: EventDraft,
  folders: readonly [string, ...string[]],
): Promise<Failure | undefined> {
  const failure = outsideFailure(event);
  if (failure?.code === 'land/lock-busy') return failure;
  if (failure) return diskTrouble(failure, folders[0]);
  // A check that had no room to work in says nothing about what it checked.
  return isRed(event) ? fullDisk(folders) : undefined;
}

/** Faults of the outside at steps behind which lies work that has been paid for. */
function outsideFailure(event: EventDraft): Failure | undefined {
  switch (event.type) {
    case 'work.harvested':
    case 'scripts.finished':
    case 'landing.bounced':
    case 'bookkeeping.prepared':
    case 'bookkeeping.landed':
    case 'target.seen':
      return event.failure;
    case 'run.delivered':
      return event.failure ?? event.unpublished;
    default:
      return undefined;
  }
}

function isRed(event: EventDraft): boolean {
  if (event.type === 'scripts.finished')
    return event.results.some(({ outcome }) => outcome !== 'passed');
  return event.type === 'landing.verified' && event.verdict.colour === 'red';
}
