import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '../../lib/engine/apply.js';
import { usedOf } from '../../lib/engine/budget.js';
import { decide } from '../../lib/engine/decide.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { RunState } from '../../lib/engine/state.js';
import type { EventDraft, EventOf, EventType, RunEvent } from '../../lib/model/event.js';
import { attemptAddress, ticketId } from '../../lib/model/ids.js';
import type { AgentRun } from '../../lib/model/intent.js';
import type { Budget, RunOptions } from '../../lib/model/run.js';
import { foldJournal } from '../../lib/run/read-run.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance, toldOf } from './fate.js';
import { planned, script, ticket } from './plans.js';
import { seeded } from './seeded.js';
import { live } from './world.js';

const USD = 1_000_000;
const estimate = (microUsd: number, more: object = {}): Budget => ({
  calls: [{ agent: 'test', microUsd, because: 'drawn', ...more }],
});

const of = <Type extends EventType>(events: readonly RunEvent[], type: Type) =>
  events.filter((event) => event.type === type) as (RunEvent & EventOf<Type>)[];

/** A run whose calls get these answers, each at its cost; it lives until it is over. */
function run(
  tickets: number,
  options: Partial<RunOptions>,
  steps: (call: AgentRun) => readonly number[],
) {
  const queue = Array.from({ length: tickets }, (_, order) => ticket(`T-${order}`, { order }));
  return live(planned(queue, options), chance(1), { nature: { steps } });
}

describe('the cost limit', () => {
  test('001-4.14 in any order of answers, deaths and ends what is used passes the limit by no more than one answer of each running agent', () => {
    const dearest = 100_000;
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 2 * USD }),
        fc.option(fc.integer({ min: 0, max: USD }), { nil: undefined }),
        fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 4 }),
        (seed, slots, count, limit, reserved, kills) => {
          const tickets = Array.from({ length: count }, (_, order) =>
            ticket(`T-${order}`, { order, scripts: order % 3 === 0 ? [script] : [] }),
          );
          const random = seeded(seed);
          let most = 0;
          const watch = (_turn: number, state: RunState) => {
            most = Math.max(most, usedOf(state));
            return undefined;
          };
          const { events, state } = live(
            planned(tickets, {
              slots,
              maxCostMicroUsd: limit,
              ...(reserved === undefined
                ? {}
                : {
                    budget: estimate(reserved, seed % 2 ? { typicalMicroUsd: reserved / 2 } : {}),
                  }),
            }),
            chance(seed, { 'scripts.run': 0.4, 'agent.run': seed % 4 === 0 ? 0.2 : 0 }),
            {
              nature: {
                steps: () =>
                  Array.from({ length: Math.floor(random() * 8) }, () =>
                    Math.ceil(random() * dearest),
                  ),
              },
              commands: watch,
              kills: (turn) => kills.includes(turn),
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(Math.max(most, state.costMicroUsd)).toBeLessThanOrEqual(limit + slots * dearest);
          expect(toldOf(state)).toEqual(tickets.map(({ id }) => id).sort());
          const folded = foldJournal(JSON.parse(JSON.stringify(events)) as RunEvent[])!;
          expect([summarise(folded), folded.warned]).toEqual([summarise(state), state.warned]);
          const isUndone = [...state.tickets.values()].some(({ phase }) => phase === 'waiting');
          if (isUndone && state.stop?.by !== 'sage') expect(state.finished?.exitCode).toBe(4);
        },
      ),
      { seed: 4_14, numRuns: 400 },
    );
  });

  test('001-4.14 of three that could run two start where the estimate of a third is not left, and it starts when money comes free', () => {
    const { events, state } = run(
      3,
      { slots: 3, maxCostMicroUsd: USD, budget: estimate(400_000) },
      () => [100_000],
    );
    const started = of(events, 'attempt.started');
    expect(started.map(({ reserved }) => reserved)).toEqual([400_000, 400_000, 400_000]);
    const ended = of(events, 'agent.finished')[0]!;
    expect(started[1]!.seq).toBeLessThan(ended.seq);
    expect(started[2]!.seq).toBeGreaterThan(ended.seq);
    expect(state.finished?.exitCode).toBe(0);
    expect(of(events, 'budget.raised')).toEqual([]);
  });

  test('001-4.14 a limit below the estimate starts one at a time with what is left; what passes it is stopped, kept and given back', () => {
    const { events, state } = run(
      3,
      { slots: 3, maxCostMicroUsd: 300_000, budget: estimate(500_000) },
      ({ ticket: id }) => (id === 'T-1' ? [150_000, 120_000, 90_000, 90_000] : [40_000]),
    );
    expect(of(events, 'attempt.started').map(({ reserved }) => reserved)).toEqual([
      300_000, 260_000,
    ]);
    const [exceeded] = of(events, 'budget.exceeded');
    expect(exceeded).toMatchObject({ ticket: 'T-1', failure: { code: 'budget/reached' } });
    expect(of(events, 'attempt.finished').at(-1)).toMatchObject({ result: 'cancelled' });
    const stopped = state.tickets.get(ticketId('T-1'))!;
    expect(stopped).toMatchObject({ phase: 'released', kept: 'refs/sage/kept/T-1#1' });
    expect(stopped.why).toContain('had used 0.27 USD, and nothing of the 0.30 USD was left');
    expect(of(events, 'budget.warned').map(({ percent }) => percent)).toEqual([95]);
    expect(state.stop?.failure?.message).toBe(
      'the agents have cost 0.31 USD, the limit is 0.30 USD; 2 tickets are left',
    );
    expect(state.finished?.exitCode).toBe(4);
  });

  test('001-4.14 the only ticket of a run that is stopped by the limit ends it with 4, too', () => {
    const { state } = run(1, { maxCostMicroUsd: 50_000 }, () => [30_000, 30_000, 30_000]);
    expect(state.tickets.get(ticketId('T-0'))?.phase).toBe('released');
    expect(state.stop).toMatchObject({ by: 'budget', failure: { code: 'budget/reached' } });
    expect(state.finished?.exitCode).toBe(4);
  });

  test('001-4.14 where half of the calls cost more than is left, none is begun for nothing', () => {
    const { events, state } = run(
      3,
      {
        slots: 1,
        maxCostMicroUsd: USD,
        budget: estimate(600_000, { typicalMicroUsd: 400_000 }),
      },
      () => [350_000],
    );
    expect(of(events, 'attempt.started').map(({ reserved }) => reserved)).toEqual([
      600_000, 600_000,
    ]);
    expect(state.stop?.failure?.message).toContain(
      '0.30 USD is left, and half of the calls of test cost more than 0.40 USD; 1 ticket is left',
    );
  });

  test('001-4.14 an agent of which nobody can say what it costs is given more in few steps as it tells', () => {
    const { events } = run(1, { maxCostMicroUsd: USD }, () =>
      Array.from({ length: 60 }, () => 10_000),
    );
    expect(of(events, 'attempt.started')[0]).not.toHaveProperty('reserved');
    expect(of(events, 'budget.raised').map(({ reserved }) => reserved)).toEqual([
      20_000, 60_000, 140_000, 300_000, 620_000,
    ]);
    expect(of(events, 'agent.finished')[0]!.outcome.end.kind).toBe('exited');
  });

  test('001-4.14 with more than one answer a warning comes while the agent works', () => {
    const { events } = run(1, { maxCostMicroUsd: USD, budget: estimate(990_000) }, () => [
      500_000, 320_000, 20_000, 120_000,
    ]);
    const warned = of(events, 'budget.warned');
    expect(warned.map(({ percent, usedMicroUsd }) => [percent, usedMicroUsd])).toEqual([
      [80, 820_000],
      [95, 960_000],
    ]);
    expect(warned[1]!.seq).toBeLessThan(of(events, 'agent.finished')[0]!.seq);
  });

  test('001-4.14 from 80 % on the next smaller model works, from 95 % on the smallest; what a ticket asks for stays', () => {
    const tiers = { test: { small: 's', medium: 'm', large: 'l' } };
    const model = (tier: 'medium' | 'large', more: object = {}) => ({
      model: { tier, name: tiers.test[tier], because: 'drawn', ...more },
    });
    const calls = ['s', 'm', 'l'].map((name) => ({
      agent: 'test',
      model: name,
      microUsd: 10_000,
      because: 'drawn',
    }));
    const queue = [
      ticket('A', { order: 0, ...model('large') }),
      ticket('B', { order: 1, ...model('large') }),
      ticket('C', { order: 2, ...model('large', { isForced: true }) }),
      ticket('D', { order: 3, ...model('medium') }),
      ticket('E', { order: 4, ...model('large') }),
    ];
    const costs: Record<string, number> = { A: 800_000, B: 50_000, C: 100_000, D: 10, E: 10 };
    const { events, state } = live(
      planned(queue, { slots: 1, maxCostMicroUsd: USD, budget: { calls, tiers } }),
      chance(1),
      { nature: { steps: ({ ticket: id }) => [costs[id] ?? 0] } },
    );
    const asked = events.flatMap(({ opens }) =>
      opens?.kind === 'agent.run' ? [[opens.ticket, opens.model]] : [],
    );
    expect(asked).toEqual([
      ['A', 'l'],
      ['B', 'm'],
      ['C', 'l'],
      ['D', 's'],
      ['E', 's'],
    ]);
    expect(of(events, 'attempt.started').map((event) => event.model?.because)).toEqual([
      undefined,
      'm (medium): 80 % of the cost limit is used, so not l (large)',
      undefined,
      's (small): 95 % of the cost limit is used, so not m (medium)',
      's (small): 95 % of the cost limit is used, so not l (large)',
    ]);
    expect(state.finished?.exitCode).toBe(0);
  });

  test('001-4.14 one that came to its end before it could be stopped is judged by its work, and may be asked to mend it', () => {
    const plan = planned([ticket('A')], { maxCostMicroUsd: 100 });
    const state = stateOf(plan, '2026-01-01T00:00:00.000Z');
    let seq = 0;
    const record = (draft: EventDraft) => {
      seq += 1;
      const at = '2026-01-01T00:00:00.000Z';
      apply(state, { v: 2, seq, at, ...draft });
    };
    const attempt = attemptAddress(ticketId('A'), 1);
    record(plan);
    state.baseCheck = 'green';
    for (let next = decide(state, 0); next; next = decide(state, 0)) record(next);
    const lane = [...state.active.values()][0]!.lane;
    record({ type: 'lane.prepared', lane, attempt, ms: 1, setupMs: 0, wasNew: true });
    for (let next = decide(state, 0); next; next = decide(state, 0)) record(next);
    record({ type: 'budget.passed', attempt, round: 1, microUsd: 150 });
    for (let next = decide(state, 0); next; next = decide(state, 0)) record(next);
    expect(state.active.get(attempt)?.overspent).toBeDefined();
    const outcome = {
      end: { kind: 'exited', code: 0 },
      usage: { costMicroUsd: 150 },
      ms: 1,
      outputBytes: 0,
      log: '',
    } as const;
    record({ type: 'agent.finished', attempt, round: 1, outcome });
    expect(state.active.get(attempt)).not.toHaveProperty('overspent');
    expect(decide(state, 0)).toMatchObject({ type: 'harvest.started' });
  });
});
