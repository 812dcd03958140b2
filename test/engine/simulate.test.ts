import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { simulate } from '../../lib/engine/simulate.js';
import { drawnQueue } from './drawn-queue.js';

describe('a simulated run', () => {
  test('keeps order and slots, runs all, wastes no slot, and is never shorter than its bound', () => {
    fc.assert(
      fc.property(drawnQueue, ({ tickets, options }) => {
        const minutes = tickets.map((one) => one.estimateMinutes);
        const { bars, makespanMinutes, utilisation, highWater } = simulate(
          tickets,
          minutes,
          options,
        );
        const end = new Map(bars.map((bar) => [bar.ticket, bar.endMinutes]));
        expect(new Set(end.keys())).toEqual(new Set(tickets.map((one) => one.id)));
        expect(bars.length).toBe(tickets.length);
        for (const bar of bars) {
          const ticket = tickets.find((one) => one.id === bar.ticket)!;
          expect(bar.endMinutes - bar.startMinutes).toBe(ticket.estimateMinutes);
          for (const other of ticket.dependsOn) {
            expect(end.get(other)!).toBeLessThanOrEqual(bar.startMinutes);
          }
          const same = bars.filter((other) => other !== bar && other.slot === bar.slot);
          for (const other of same) {
            expect(
              other.endMinutes <= bar.startMinutes || other.startMinutes >= bar.endMinutes,
            ).toBe(true);
          }
          const now = bars.filter(
            (other) =>
              other.startMinutes <= bar.startMinutes && other.endMinutes > bar.startMinutes,
          );
          expect(now.length).toBeLessThanOrEqual(options.slots);
        }
        const work = minutes.reduce((sum, one) => sum + one, 0);
        const path = Math.max(0, ...tickets.map((one) => one.tailMinutes));
        expect(makespanMinutes).toBeGreaterThanOrEqual(Math.max(path, work / options.slots) - 1e-9);
        // Graham's bound for schedules that leave no slot idle without need.
        const isBarring =
          options.conflictsRunning === 'exclude' ||
          tickets.some((one) => one.files?.includes('go.sum'));
        if (options.schedule === 'rolling' && !isBarring) {
          expect(makespanMinutes).toBeLessThanOrEqual(work / options.slots + path + 1e-9);
        }
        expect(utilisation).toBeCloseTo(
          work === 0 ? 0 : work / (options.slots * makespanMinutes),
          9,
        );
        expect(highWater).toBeLessThanOrEqual(options.slots);
      }),
      { numRuns: 1000 },
    );
  });

  test('the same input gives the same bars', () => {
    fc.assert(
      fc.property(drawnQueue, ({ tickets, options }) => {
        const minutes = tickets.map((one) => one.estimateMinutes);
        expect(simulate(tickets, minutes, options)).toEqual(simulate(tickets, minutes, options));
      }),
      { numRuns: 100 },
    );
  });

  test('durations other than the estimates are what counts on the clock', () => {
    const samples = fc.sample(drawnQueue, { numRuns: 50, seed: 7 });
    const drawn = samples.find(({ tickets }) => tickets.length > 5);
    const twice = drawn!.tickets.map((one) => 2 * one.estimateMinutes);
    const { bars } = simulate(drawn!.tickets, twice, drawn!.options);
    for (const bar of bars) {
      const index = drawn!.tickets.findIndex((one) => one.id === bar.ticket);
      expect(bar.endMinutes - bar.startMinutes).toBe(twice[index]);
    }
    expect(bars.length).toBe(drawn!.tickets.length);
  });

  test('begun in the middle, what runs already holds its slots, and all the rest follows', () => {
    fc.assert(
      fc.property(drawnQueue, fc.integer({ min: 0, max: 4 }), ({ tickets, options }, starts) => {
        const minutes = tickets.map((one) => one.estimateMinutes);
        const roots = tickets.flatMap((one, node) => (one.dependsOn.length === 0 ? [node] : []));
        const begun = roots.slice(0, options.slots);
        const from = (more: object) =>
          simulate(tickets, minutes, options, undefined, { begun, ...more });
        const { bars } = from({});
        expect(bars.length).toBe(tickets.length);
        const names = begun.map((node) => tickets[node]!.id);
        expect(bars.slice(0, begun.length).map((bar) => bar.ticket)).toEqual(names);
        expect(bars.slice(0, begun.length).every((bar) => bar.startMinutes === 0)).toBe(true);
        const end = new Map(bars.map((bar) => [bar.ticket, bar.endMinutes]));
        for (const bar of bars) {
          const ticket = tickets.find((one) => one.id === bar.ticket)!;
          for (const other of ticket.dependsOn) {
            expect(end.get(other)!).toBeLessThanOrEqual(bar.startMinutes);
          }
        }
        expect(from({ starts }).bars.length).toBe(Math.min(tickets.length, begun.length + starts));
      }),
      { numRuns: 300 },
    );
  });
});
