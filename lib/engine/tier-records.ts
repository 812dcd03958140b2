import type { TierRecord } from '../model/model-choice.js';
import type { TicketRun } from './state.js';

/** How the tiers fared with the tickets of each type; nothing where no ticket was given a tier. */
export function tierRecords(tickets: readonly TicketRun[]): { models?: TierRecord[] } {
  const records = new Map<string, { -readonly [Key in keyof TierRecord]: TierRecord[Key] }>();
  for (const { ticket, phase, failure, model = ticket.model } of tickets) {
    const tier = model?.tier;
    const isLanded = phase === 'landed';
    // A limit says nothing about the model.
    const isFailed = phase === 'deferred' && failure?.code !== 'agent/rate-limited';
    if (tier === undefined || (!isLanded && !isFailed)) continue;
    const { type = '' } = ticket;
    const key = `${tier} ${type}`;
    const record = records.get(key) ?? { type, tier, landed: 0, failed: 0 };
    record[isLanded ? 'landed' : 'failed'] += 1;
    records.set(key, record);
  }
  return records.size === 0 ? {} : { models: [...records.values()] };
}
