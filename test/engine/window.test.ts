import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { RunEvent } from '../../lib/model/event.js';
import { ticketId } from '../../lib/model/ids.js';
import type { RunOptions } from '../../lib/model/run.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance } from './fate.js';
import { planned, ticket } from './plans.js';
import { live, type LiveOptions } from './world.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWX'.split('');
const some = (count: number) => letters.slice(0, count).map((id, order) => ticket(id, { order }));
const run = (count: number, seed: number, options: Partial<RunOptions>, more: LiveOptions = {}) =>
  live(planned(some(count), { slots: count, ...options }), chance(seed), more);
const landed = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'landing.landed' ? [event.ticket as string] : []));
const ways = fc.constantFrom('each' as const, 'tips' as const);
const schedules = fc.constantFrom('rolling' as const, 'batch' as const);
const ids = (count: number) => fc.subarray(letters.slice(0, count));

describe('the chain', () => {
  test('whatever the order of outcomes and the kills, just the bad tickets are rejected and all others land', () => {
    fc.assert(
      fc.property(
        ids(12),
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        ways,
        schedules,
        fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 6 }),
        (bad, seed, checkSlots, landVerify, schedule, kills) => {
          const { events, state } = run(
            12,
            seed,
            { checkSlots, landVerify, schedule },
            {
              kills: (turn) => kills.includes(turn),
              nature: { isRed: (contents) => bad.some((id) => contents.has(id)) },
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          const { deferred } = summarise(state);
          expect(deferred.map(({ id }) => id).sort()).toEqual(bad);
          expect(new Set(deferred.map(({ code }) => code))).toEqual(
            new Set(bad.length > 0 ? ['checks/red'] : []),
          );
          expect(landed(events).sort()).toEqual(
            letters.slice(0, 12).filter((id) => !bad.includes(id)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('two that are only red together: one of them lands, and no third suffers', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        ways,
        (seed, checkSlots, landVerify) => {
          const isRed = (contents: ReadonlySet<string>) => contents.has('B') && contents.has('E');
          const { events } = run(8, seed, { checkSlots, landVerify }, { nature: { isRed } });
          expect(checkInvariants(events)).toEqual([]);
          expect(landed(events)).toHaveLength(7);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('tickets that conflict wait for one another and are done again on what landed; nobody is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 6 }),
        fc.integer(),
        fc.integer({ min: 1, max: 3 }),
        ways,
        schedules,
        (pairs, seed, checkSlots, landVerify, schedule) => {
          const keys = new Set(pairs.flatMap(([one, two]) => [`${one} ${two}`, `${two} ${one}`]));
          const collide = (one: string, two: string) =>
            keys.has(`${letters.indexOf(one)} ${letters.indexOf(two)}`);
          const { events } = run(
            8,
            seed,
            { checkSlots, landVerify, schedule },
            { nature: { collide } },
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(landed(events).sort()).toEqual(letters.slice(0, 8));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('tickets that somebody cancels leave it alone, wherever they are; the others land', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.integer({ min: 1, max: 90 }).map(String), fc.constantFrom('B', 'D', 'E')),
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        ways,
        schedules,
        (wishes, seed, checkSlots, landVerify, schedule) => {
          const asked = new Set<string>();
          const { events, state } = run(
            8,
            seed,
            { checkSlots, landVerify, schedule },
            {
              commands: (turn) => {
                const id = wishes[turn];
                if (id === undefined || asked.has(id)) return undefined;
                asked.add(id);
                return { type: 'ticket.cancel-requested', ticket: ticketId(id), by: 'test' };
              },
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          const others = letters.slice(0, 8).filter((id) => !asked.has(id));
          expect(landed(events)).toEqual(expect.arrayContaining(others));
          const { landed: done, pending } = summarise(state);
          expect(done.length + pending.length).toBe(8);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('what conflicts with something unlanded is set aside, and what is disjoint goes ahead', () => {
    const collide = (one: string, two: string) => `${one}${two}` === 'BA';
    const orders = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const { events } = run(3, seed, { schedule: 'batch' }, { nature: { collide } });
      const aside = events.find((event) => event.type === 'landing.set-aside');
      if (aside) expect(aside).toMatchObject({ ticket: 'B', behind: 'A' });
      return { order: landed(events).join(''), wasAside: aside !== undefined };
    });
    expect(orders).toContainEqual({ order: 'ACB', wasAside: true });
  });

  test('folding a journal anew gives the same state, at every event of it', () => {
    const plan = planned(some(6), { slots: 6, checkSlots: 3 });
    const { events } = live(plan, chance(11, { 'checks.run': 0.3, 'ref.move': 0.2 }));
    const bare = (state: ReturnType<typeof stateOf>) => ({
      ...state.landing,
      intake: state.intake,
    });
    const going = stateOf(plan, events[0]!.at);
    events.forEach((event, at) => {
      apply(going, event);
      const again = stateOf(plan, events[0]!.at);
      const copy = JSON.parse(JSON.stringify(events.slice(0, at + 1))) as RunEvent[];
      for (const one of copy) apply(again, one);
      expect(bare(again)).toEqual(bare(going));
    });
  });
});

describe('the window', () => {
  test('is halved by each rejection after the first one in a row, down to one, and doubled by a landing', () => {
    fc.assert(
      fc.property(ids(9), fc.integer(), (bad, seed) => {
        const plan = planned(some(9), { slots: 9, checkSlots: 4 });
        const isRed = (contents: ReadonlySet<string>) => bad.some((id) => contents.has(id));
        const { events } = live(plan, chance(seed), { nature: { isRed } });
        const state = stateOf(plan, events[0]!.at);
        let [width, inARow] = [4, 0];
        for (const event of events) {
          apply(state, event);
          if (event.type === 'landing.landed') [width, inARow] = [Math.min(4, 2 * width), 0];
          if (event.type === 'ticket.deferred') {
            inARow += 1;
            if (inARow > 1) width = Math.max(1, width >> 1);
          }
          expect(state.landing.width).toBe(width);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('verifies as many at once as there are slots, and never more', () => {
    const { events } = run(12, 3, { checkSlots: 4, schedule: 'batch' });
    let [open, most] = [0, 0];
    for (const { opens, closes } of events) {
      if (opens?.kind === 'checks.run') most = Math.max(most, (open += 1));
      if (closes?.startsWith('checks/')) open -= 1;
    }
    expect(most).toBe(4);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('checks that were overtaken are stopped, and what they say counts for nothing', () => {
    const isRed = (contents: ReadonlySet<string>) => contents.has('A');
    const all = [1, 2, 3, 4, 5, 6].map((seed) =>
      run(6, seed, { checkSlots: 4, schedule: 'batch' }, { nature: { isRed } }),
    );
    for (const { events } of all) {
      expect(checkInvariants(events)).toEqual([]);
      expect(landed(events).sort()).toEqual(['B', 'C', 'D', 'E', 'F']);
    }
    const stopped = all.flatMap(({ events }) =>
      events.filter(({ type }) => type === 'landing.check-cancelled'),
    );
    expect(stopped.length).toBeGreaterThan(0);
  });

  test('002-7.2 a verification lane that cannot be made takes a slot away, not the run', () => {
    const fate = chance(9);
    const { events, state } = live(
      planned(some(8), { slots: 8, checkSlots: 3, schedule: 'batch' }),
      {
        ...fate,
        brokenLane: 'check-1',
      },
    );
    const limited = events.filter((event) => event.type === 'landing.limited');
    expect(limited).toMatchObject([{ lane: 'check-1', slots: 2 }]);
    expect(landed(events)).toHaveLength(8);
    expect(state.slots).toBe(8);
    expect(checkInvariants(events)).toEqual([]);
  });
});

describe('K-section', () => {
  const verified = (events: readonly RunEvent[]) =>
    events.flatMap((event) =>
      event.type === 'landing.check-started' ? [event.ticket as string] : [],
    );
  const moves = (events: readonly RunEvent[]) =>
    events.filter(({ type }) => type === 'landing.moving').length;

  test('a batch is verified once, at its end, and lands by one move with a commit for each ticket', () => {
    const { events } = run(9, 4, { landVerify: 'tips', checkSlots: 2, schedule: 'batch' });
    expect(verified(events)).toHaveLength(1);
    expect(moves(events)).toBe(1);
    expect(landed(events)).toHaveLength(9);
    const commits = events.flatMap((event) =>
      event.type === 'landing.landed' ? [event.commit] : [],
    );
    expect(new Set(commits).size).toBe(9);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('a red batch of 16 with one slot is bisected: its culprit is found in five more verifications', () => {
    const isRed = (contents: ReadonlySet<string>) => contents.has('K');
    const { events, state } = run(
      16,
      4,
      { landVerify: 'tips', checkSlots: 1, schedule: 'batch' },
      { nature: { isRed } },
    );
    expect(summarise(state).deferred.map(({ id }) => id)).toEqual(['K']);
    expect(landed(events)).toHaveLength(15);
    // The end, the halves of what is left, and the end of what stood behind the culprit.
    expect(verified(events).length).toBeLessThanOrEqual(6);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('what is mended by a later ticket lands with it: only the tip has to be green', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const isRed = (contents: ReadonlySet<string>) => [3, 4, 9].includes(contents.size);
      const options = { landVerify: 'tips', checkSlots: 2, schedule: 'batch' } as const;
      const { events } = run(9, seed, options, { nature: { isRed } });
      expect(landed(events)).toHaveLength(8);
      expect(checkInvariants(events)).toEqual([]);
    }
  });

  test('four slots verify four evenly spaced prefixes of sixteen', () => {
    const { events } = run(16, 4, { landVerify: 'tips', checkSlots: 4 });
    const picked = events.filter((event) => event.type === 'landing.section-picked');
    expect(picked.length).toBeGreaterThan(0);
    expect(verified(events).length).toBeLessThan(16);
    expect(landed(events)).toHaveLength(16);
    expect(checkInvariants(events)).toEqual([]);
  });
});

describe('intake', () => {
  const journalWith = (target: string) => {
    const plan = { ...planned(some(3), { slots: 3 }), target };
    let isSeen = false;
    return live(plan, chance(2), {
      target: () => {
        const tip = isSeen ? 'moved-target-0' : undefined;
        isSeen = true;
        return tip;
      },
    });
  };

  test('D4 a target that moved becomes an entry of the chain of its own, verified like any other', () => {
    const { events } = journalWith('work');
    const intake = events.find((event) => event.type === 'intake.queued');
    expect(intake).toMatchObject({ ticket: 'intake/moved-target' });
    expect(landed(events)).toContain('intake/moved-target');
    expect(
      events.some((event) => event.type === 'landing.verified' && event.ticket === intake?.ticket),
    ).toBe(true);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('D4 main is never moved by a run, so nothing of it is taken in', () => {
    const { events } = journalWith('main');
    expect(events.filter(({ type }) => type.startsWith('intake.'))).toEqual([]);
    expect(events.some(({ type }) => type === 'target.asked')).toBe(false);
  });
});
