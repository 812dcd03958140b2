import { describe, expect, test } from '@jest/globals';
import type { TicketId } from '../../lib/model/ids.js';
import type { Plan } from '../../lib/model/plan.js';
import { assemblePlan } from '../../lib/plan/assemble.js';
import { explain } from '../../lib/plan/explain.js';
import { runTickets } from '../../lib/plan/run-tickets.js';
import { readIndexText } from '../../lib/tickets/read.js';
import { sha256 } from '../plan/tickets.js';
import { listed, read } from './indexes.js';

const load = (file: string) => readIndexText(read(file), file).tickets;

function planFor(file: string, hierarchy: 'containers' | 'literal') {
  const tickets = load(file);
  const plan = assemblePlan({
    tickets,
    cpus: 8,
    hash: sha256,
    options: {
      schedule: 'rolling',
      order: 'slack',
      conflictsRunning: 'prefer',
      requestedSlots: 'auto',
      hierarchy,
    },
  });
  return { tickets, plan };
}

/** Rounds in which everything that is ready runs at once, and the most tickets of a round; files play no part. */
function rounds(plan: Plan) {
  const done = new Set<TicketId>();
  const widths: number[] = [];
  let open = plan.tickets;
  for (;;) {
    const ready = open.filter(
      ({ dependsOn, blockedBy }) => blockedBy.length === 0 && dependsOn.every((id) => done.has(id)),
    );
    if (ready.length === 0) break;
    for (const { id } of ready) done.add(id);
    open = open.filter(({ id }) => !done.has(id));
    widths.push(ready.length);
  }
  return { rounds: widths.length, widest: Math.max(0, ...widths), stuck: open.length };
}

describe('plans of real indexes', () => {
  test.each([
    ['Mathews-Tom__PyTOON.json', 7, 8, 7, 11],
    ['Mathews-Tom__AgentCore@9edfba6.json', 32, 18, 33, 21],
    ['Mathews-Tom__AgentCore@888ebe8.json', 32, 46, 33, 47],
    ['Mathews-Tom__AgentCore.json', 32, 18, 33, 16],
  ])(
    '%s: as measured, in %i rounds of at most %i with containers, %i and %i without, none stuck',
    (file, depth, widest, literalDepth, literalWidest) => {
      const { plan } = planFor(file, 'containers');
      expect(rounds(plan)).toEqual({ rounds: depth, widest, stuck: 0 });
      const literal = planFor(file, 'literal');
      expect(rounds(literal.plan)).toEqual({
        rounds: literalDepth,
        widest: literalWidest,
        stuck: 0,
      });
    },
  );

  test('every index is planned without a cycle; each batch keeps to files and dependencies; each ticket can be explained', () => {
    expect(listed.length).toBeGreaterThan(5);
    for (const { file } of listed) {
      const { tickets, plan } = planFor(file, 'containers');
      expect(plan.cycles).toEqual([]);
      const batchOf = new Map(plan.tickets.map(({ id, batch }) => [id, batch]));
      for (const { id, dependsOn, conflictsWith, batch } of plan.tickets) {
        if (batch === undefined) continue;
        for (const before of dependsOn) expect(batchOf.get(before)).toBeLessThan(batch);
        for (const other of conflictsWith)
          expect([id, batchOf.get(other)]).not.toEqual([id, batch]);
      }
      expect(runTickets(plan, tickets, 'claude').length).toBe(plan.counts.runnable);
      for (const { id } of tickets) expect(explain(plan, tickets, id).ok).toBe(true);
    }
  });
});
