import { writeDismissed } from '../journal/dismissed.js';
import type { Dismissal } from '../model/answer-schemas.js';
import { refuseAny } from '../model/failure.js';
import { followUpName, isOpen, listFollowUps, pick, type FollowUp } from './follow-ups.js';
import type { Surroundings } from './surroundings.js';

/**
 * Notes with their runs that nobody wants these follow-ups: those named, or all that are open. The index is not touched,
 * so it does not matter whether a run goes on.
 */
export async function dismissReports(
  place: Pick<Surroundings, 'repository' | 'clock'>,
  wanted: readonly string[] | 'all',
  reason?: string,
): Promise<Dismissal> {
  const known = await listFollowUps(place);
  const { chosen, unknown } =
    wanted === 'all' ? { chosen: known.filter(isOpen), unknown: [] } : pick(known, wanted);
  refuseAny([...unknown, ...chosen.map((one) => (one.isTicket ? ticketAlready(one) : undefined))]);
  const at = new Date(place.clock.now()).toISOString();
  for (const { directory, id, isDismissed } of chosen) {
    if (isDismissed) continue;
    const why = reason === undefined ? {} : { reason };
    await writeDismissed(directory, { version: 1, report: id, at, ...why });
  }
  return {
    version: 1,
    dismissed: chosen.map(({ id, ticket, title, isDismissed }) => ({
      report: id,
      ticket,
      title,
      wasDismissed: isDismissed,
    })),
  };
}

const ticketAlready = (one: FollowUp) => ({
  code: 'usage/invalid' as const,
  message: `${one.id} is a ticket of the index already: its \`report\` says ${followUpName(one)}`,
  hint: 'change or remove that ticket instead',
});
