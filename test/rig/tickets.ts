import type { TicketState } from '../../lib/model/ticket.js';

/** A ticket as a test states it: only what matters to it; every other field of a real index is filled in. */
export interface TicketDraft {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A ticket as it stands in the index file. */
export interface IndexTicket {
  readonly id: string;
  readonly state: TicketState;
  readonly title: string;
  readonly updated?: string;
  readonly defer_reason?: unknown;
  readonly state_history?: readonly { readonly state: string; readonly timestamp: string }[];
  readonly git?: { readonly commits?: readonly unknown[]; readonly branch?: string };
  readonly [field: string]: unknown;
}

/**
 * An index as upstream's tools write it: stale counters, two spaces, unknown fields, a final newline (jq's style) or
 * none and `\\uXXXX` escapes (Python's).
 */
export function ticketIndexText(
  drafts: readonly TicketDraft[],
  style: 'jq' | 'python' = 'jq',
): string {
  const index = {
    version: '1.0',
    generated: '2025-10-12T09:15:00Z',
    migration_mode: 'optimized',
    total_tickets: drafts.length + 3,
    tickets: drafts.map(fill),
  };
  const text = JSON.stringify(index, null, 2);
  if (style === 'jq') return `${text}\n`;
  return text.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fill(draft: TicketDraft): Record<string, unknown> {
  return {
    title: `Build ${draft.id}`,
    state: 'UNPROCESSED',
    priority: 'P1',
    type: 'implementation',
    validation_type: 'generic',
    description: `What ${draft.id} is about.`,
    acceptanceCriteria: [`${draft.id} is done`],
    dependencies: [],
    created: '2025-10-12T09:15:00Z',
    updated: '2025-10-12T09:15:00.000000',
    state_history: [{ state: 'UNPROCESSED', timestamp: '2025-10-12T09:15:00Z' }],
    ...draft,
  };
}
