import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chance } from './fate.js';
import { planned, ticket } from './plans.js';
import { live } from './world.js';
import { checkInvariants } from '../conformance/journal-invariants.js';

describe('numbers of sessions', () => {
  test('001-4.6 fifty calls that start at once have fifty numbers, which go on from those of the run before', () => {
    const tickets = Array.from({ length: 50 }, (_, at) => ticket(`T-${at}`, { order: at }));
    const slots = { slots: 50, requestedSlots: 50, sessionsBefore: 7 };
    const { events } = live(planned(tickets, slots), chance(1));
    const started = events.findIndex(({ type }) => type === 'attempt.finished');
    expect(events.slice(0, started).filter(({ type }) => type === 'attempt.started')).toHaveLength(
      50,
    );
    const numbers = events.flatMap((event) =>
      event.type === 'agent.called' ? [event.session] : [],
    );
    expect(numbers).toEqual(numbers.map((_, at) => 8 + at));
    expect(numbers.length).toBeGreaterThanOrEqual(50);
  });

  test('001-4.6 however often the run is killed, no number is given twice', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(60), { maxLength: 6 }), (seed, kills) => {
        const tickets = Array.from({ length: 6 }, (_, at) => ticket(`T-${at}`, { order: at }));
        const { events } = live(planned(tickets, { slots: 3 }), chance(seed), {
          kills: (turn) => kills.includes(turn),
        });
        const numbers = events.flatMap((event) =>
          event.type === 'agent.called' ? [event.session] : [],
        );
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(checkInvariants(events)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
