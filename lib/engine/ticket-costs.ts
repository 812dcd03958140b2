import type { TicketCost } from '../model/call-record.js';
import type { TicketRun } from './state.js';

/** So many of a run are remembered, evenly taken from all. */
const REMEMBERED = 200;

/** What the tickets cost that came to an end of their own; nothing where no agent told anything. */
export function ticketCosts(tickets: readonly TicketRun[]): { ticketCosts?: TicketCost[] } {
  const all = tickets.flatMap((entry) => costOf(entry) ?? []);
  if (all.length === 0) return {};
  const step = Math.max(1, all.length / REMEMBERED);
  const some = Array.from(
    { length: Math.min(all.length, REMEMBERED) },
    (_, index) => all[Math.floor(index * step)] as TicketCost,
  );
  return { ticketCosts: some };
}

function costOf({ ticket, phase, used, model }: TicketRun): TicketCost | undefined {
  if (!used || (phase !== 'landed' && phase !== 'deferred')) return undefined;
  const { calls, tokens, microUsd, dearestMicroUsd, isPartlyUnknown } = used;
  if (tokens === 0 && (isPartlyUnknown || microUsd === 0)) return undefined;
  const name = model?.name ?? used.model;
  return {
    agent: ticket.agent,
    ...(name === undefined ? {} : { model: name }),
    ...(model?.tier === undefined ? {} : { tier: model.tier }),
    calls,
    ...(tokens === 0 ? {} : { tokens }),
    ...(isPartlyUnknown ? {} : { microUsd, dearestMicroUsd }),
  };
}
