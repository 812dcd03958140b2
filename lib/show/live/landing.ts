import { colourOf, isBusy, isChecking } from '../../engine/chain.js';
import type { LandingEntry } from '../../engine/landing-state.js';
import { isIntake, type TicketId } from '../../model/ids.js';
import { clean } from '../clean.js';
import { flow } from '../layout.js';
import { passing } from './span.js';
import type { Screen } from './screen.js';

/** So many entries are named. */
const SHOWN = 8;

/** The way onto the run's branch, first come first. */
export function landingLines({ state, now, paint }: Screen, width: number): string[] {
  const { chain, queue } = state.landing;
  const entries = [
    ...chain.map((entry) => `${nameOf(entry.ticket)} ${stepOf(entry, now)}`),
    ...queue.map(({ ticket, behind }) =>
      behind === undefined
        ? `${nameOf(ticket)} waits`
        : `${nameOf(ticket)} waits for ${nameOf(behind)}`,
    ),
  ];
  if (entries.length === 0) return [paint.dim('landing: nothing')];
  const more = entries.length - SHOWN;
  const shown = more > 0 ? [...entries.slice(0, SHOWN), `and ${more} more`] : entries;
  const [first = '', ...others] = shown;
  return flow([`landing: ${first}`, ...others], width);
}

function stepOf(entry: LandingEntry, now: number): string {
  const busy = isBusy(entry) ? ` ${passing(now - Date.parse(entry.since))}` : '';
  if (entry.step === 'moving') return 'lands';
  if (entry.step === 'building') return 'merges';
  if (entry.step === 'bounced') return 'merges again';
  if (isChecking(entry)) return `verifies${busy}`;
  const colour = colourOf(entry);
  if (colour === undefined) return 'merged, to be verified';
  return colour === 'green' ? 'verified' : 'red';
}

const nameOf = (ticket: TicketId) =>
  isIntake(ticket) ? 'new commits of the target' : clean(ticket);
