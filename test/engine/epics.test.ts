import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { summarise } from '../../lib/engine/summarise.js';
import type { RunEvent } from '../../lib/model/event.js';
import { ticketId } from '../../lib/model/ids.js';
import type { RunTicket } from '../../lib/model/run.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance, rates, toldOf } from './fate.js';
import { planned, ticket } from './plans.js';
import { live } from './world.js';

/** A random DAG whose tickets belong to one of three epics each. */
const queues = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 2 }), fc.constantFrom('AUTH', 'API', 'DOCS')), {
    minLength: 1,
    maxLength: 14,
  })
  .map((rows) => {
    const tickets: RunTicket[] = [];
    for (const [order, [picks, epic]] of rows.entries()) {
      const ids = order === 0 ? [] : picks.map((pick) => ticketId(`T-${pick % order}`));
      const dependsOn = [...new Set(ids)];
      const before = dependsOn.map((id) => tickets.find((other) => other.id === id)!.batch);
      const batch = 1 + Math.max(0, ...before);
      tickets.push(ticket(`T-${order}`, { dependsOn, batch, order, epic }));
    }
    return tickets;
  });

const slots = fc.integer({ min: 1, max: 4 });
const ways = fc.constantFrom('each' as const, 'tips' as const);
const schedules = fc.constantFrom('rolling' as const, 'batch' as const);
const hasChecks = fc.boolean();

const nameOf = ({ epic, batch }: RunTicket) => `${epic}/${batch}`;

/** What of the journal an epic's rules do not allow. */
function broken(tickets: readonly RunTicket[], events: readonly RunEvent[]): string[] {
  const of = new Map(tickets.map((one) => [one.id, one]));
  const faults: string[] = [];
  const open = new Map<string, string>();
  /** Work that waits to land, by part. */
  const queued = new Map<string, string[]>();
  const works = new Map<string, string>();
  for (const event of events) {
    const own = 'ticket' in event ? of.get(event.ticket) : undefined;
    if (!own) continue;
    const part = nameOf(own);
    const waiting = queued.get(part) ?? [];
    switch (event.type) {
      case 'attempt.started': {
        const other = open.get(own.epic!);
        if (other) faults.push(`${event.attempt} began beside ${other} of the same epic`);
        open.set(own.epic!, event.attempt);
        const last = waiting.at(-1);
        if (last && works.get(last) !== event.base) faults.push(`${event.attempt} not on ${last}`);
        break;
      }
      case 'attempt.finished':
        open.delete(own.epic!);
        break;
      case 'landing.queued':
        works.set(own.id, event.work);
        queued.set(part, [...waiting, own.id]);
        break;
      case 'landing.moving': {
        const group = event.opens?.kind === 'ref.move' ? event.opens.group : undefined;
        const moved = group?.map((one) => one.ticket) ?? [event.ticket];
        for (const id of moved) {
          const left = queued
            .get(nameOf(of.get(id)!))!
            .filter((one) => !moved.some((m) => m === one));
          if (left.length > 0) faults.push(`${id} landed without ${left.join(', ')}`);
        }
        break;
      }
      case 'landing.landed':
      case 'ticket.deferred':
      case 'ticket.released':
        queued.set(
          part,
          waiting.filter((id) => id !== own.id),
        );
        break;
      default:
    }
  }
  return faults;
}

describe('epics', () => {
  test('001-3.3 001-3.4 001-3.8 001-3.10 one ticket of an epic at a time, each on the work before it; a part lands whole or not at all', () => {
    fc.assert(
      fc.property(
        queues,
        rates,
        fc.integer(),
        slots,
        slots,
        ways,
        schedules,
        hasChecks,
        (tickets, failing, seed, slots, checkSlots, landVerify, schedule, hasChecks) => {
          const options = { slots, checkSlots, landVerify, schedule, hasChecks };
          const { events, state } = live(planned(tickets, options), chance(seed, failing));
          expect(checkInvariants(events)).toEqual([]);
          expect(broken(tickets, events)).toEqual([]);
          if (state.limited.length > 0 || state.stop) return;
          const { landed, deferred } = summarise(state);
          const partsOf = (ids: readonly { readonly id: string }[]) =>
            new Set(ids.map(({ id }) => nameOf(tickets.find((one) => one.id === id)!)));
          const failed = partsOf(deferred);
          expect([...partsOf(landed)].filter((part) => failed.has(part))).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('whatever is stopped, cancelled or killed, the run ends and every ticket is told once', () => {
    fc.assert(
      fc.property(
        queues,
        rates,
        fc.integer(),
        slots,
        ways,
        schedules,
        fc.option(
          fc.tuple(
            fc.integer({ min: 1, max: 60 }),
            fc.constantFrom('drain' as const, 'cancel' as const),
          ),
          { nil: undefined },
        ),
        fc.dictionary(fc.integer({ min: 1, max: 60 }).map(String), fc.nat(13)),
        fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 4 }),
        fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
        (tickets, failing, seed, slots, landVerify, schedule, stop, wishes, kills, limit) => {
          const options = {
            slots,
            checkSlots: slots,
            landVerify,
            schedule,
            ...(limit ? { limit } : {}),
          };
          const asked = new Set<string>();
          const { events, state } = live(planned(tickets, options), chance(seed, failing), {
            commands: (turn) => {
              if (turn === stop?.[0])
                return { type: 'run.stop-requested', mode: stop[1], by: 'test' };
              const wish = tickets[wishes[turn] ?? -1];
              if (!wish || asked.has(wish.id)) return undefined;
              asked.add(wish.id);
              return { type: 'ticket.cancel-requested', ticket: wish.id, by: 'test' };
            },
            kills: (turn) => kills.includes(turn),
          });
          expect(checkInvariants(events)).toEqual([]);
          expect(toldOf(state)).toEqual(tickets.map(({ id }) => id as string).sort());
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('without faults everything lands, each part by one move', () => {
    fc.assert(
      fc.property(
        queues,
        fc.integer(),
        slots,
        ways,
        schedules,
        hasChecks,
        (tickets, seed, slots, landVerify, schedule, hasChecks) => {
          const { events, state } = live(
            planned(tickets, { slots, landVerify, schedule, hasChecks }),
            chance(seed),
          );
          expect(summarise(state).landed).toHaveLength(tickets.length);
          expect(broken(tickets, events)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
