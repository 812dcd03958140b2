import { failed, success, type Result } from '../model/failure.js';
import { keepGuestWork } from './keep.js';
import type { LaneLink } from './lane-link.js';
import type { LaneGuest } from './lane-record.js';
import type { Lane, LaneYard } from './lane.js';
import { notHarvested } from './not-harvested.js';

/** Keeps work that an attempt left and nobody took: its run died and was not gone on with. Answers what to tell. */
export async function rescueGuest(
  yard: LaneYard,
  lane: Lane,
  link: LaneLink,
  guest: LaneGuest | undefined,
): Promise<Result<readonly string[]>> {
  if (!guest || guest.isHarvested) return success([]);
  const kept = await keepGuestWork(yard, lane, link, guest);
  if (!kept.ok) return failed(notHarvested(lane, kept.failure));
  return success(
    kept.value.isEmpty ? [] : [`work of ${guest.attempt} was kept: ${kept.value.ref}`],
  );
}
