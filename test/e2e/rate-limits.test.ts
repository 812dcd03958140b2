import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PublicEvent } from '../../lib/model/public-event.js';
import { openLimitedServer, type LimitedServer } from '../loopback/limited-server.js';
import { repositoryRoot } from '../rig/home.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';

const AGENT = join(repositoryRoot, 'dist/test/loopback/api-agent.js');
const RETRY = { retry: { on: ['rate_limit'] } };
const mine = { kind: 'command', command: ['mine'] };

/** A repository whose agents, of one's own (`mine`) or Claude Code's form, ask the server for everything they do. */
async function rigWith(
  server: LimitedServer,
  tickets: number,
  agent: 'mine' | 'claude',
  more: Readonly<Record<string, unknown>> = {},
): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.tickets(Array.from({ length: tickets }, (_, index) => ({ id: `T${index + 1}` })));
  const form = agent === 'mine' ? 'command' : 'claude';
  await rig.program(agent, `exec node "${AGENT}" ${server.url} ${form} "$@"`);
  await rig.config({ agent, agents: agent === 'mine' ? { mine } : {}, ...more });
  return rig;
}

const limitsOf = (events: readonly PublicEvent[]) =>
  events.flatMap((event) => (event.type === 'run.limited' ? [event.slots] : []));

describe('an API that serves two at once and answers 429 to the others', () => {
  test.each(['mine', 'claude'] as const)(
    '002-10.1 002-10.2 002-7.2 002-16.3 agents %s, four at once: two slots are left, with the reason; who was refused is deferred once; the run ends',
    async (agent) => {
      await using server = await openLimitedServer(2);
      await using rig = await rigWith(server, 10, agent);
      const run = rig.start('stream', '--auto', '--json', '--parallel=4');
      await rig.event('run.limited', ({ slots }) => slots === 2);
      server.release();
      const { events, summary } = readStreamEnd(await run.wait());

      expect(limitsOf(events)).toEqual([3, 2]);
      const limited = events.find(({ type }) => type === 'run.limited');
      expect(limited).toMatchObject({
        reason: expect.stringMatching(/^2 agents within 10 minutes met a rate limit.*429/),
      });
      expect(summary.slots.limitedBy).toHaveLength(2);
      expect(summary.deferred).toHaveLength(4);
      expect(new Set(summary.deferred.map(({ code }) => code))).toEqual(
        new Set(['agent/rate-limited']),
      );
      expect(summary.landed).toHaveLength(6);
      expect(summary.exitCode).toBe(1);
      expect(server.refused).toBe(4);
      expect(server.mostAtOnce).toBe(2);
      expect(Object.values(rig.states()).sort()).toEqual([
        ...Array.from({ length: 6 }, () => 'COMPLETED'),
        ...Array.from({ length: 4 }, () => 'DEFERRED'),
      ]);
    },
  );

  test('002-10.1 002-10.2 with retry.on: [rate_limit] those refused wait for one that ends, are tried again, and all lands', async () => {
    await using server = await openLimitedServer(2);
    await using rig = await rigWith(server, 4, 'mine', RETRY);
    const run = rig.start('stream', '--auto', '--json', '--parallel=4');
    await rig.event('run.limited');
    await server.holds(2);
    server.release();
    const { events, summary } = readStreamEnd(await run.wait());
    expect(summary.exitCode).toBe(0);
    expect(summary.landed).toHaveLength(4);
    expect(summary.landed.map(({ attempts }) => attempts).sort()).toEqual([1, 1, 2, 2]);
    expect(limitsOf(events)).toEqual([3]);
    const throttled = events.filter(({ type }) => type === 'ticket.throttled');
    expect(throttled).toHaveLength(2);
    expect(throttled[0]).toMatchObject({
      reason: 'mine hit a rate or usage limit: the API answered 429',
    });
    // Nobody asked again while the API was known to be used up.
    expect(server.refused).toBe(2);
  });

  test('002-10.1 two repositories share the API: who gets nothing stops and blames nobody, and lands everything later', async () => {
    await using server = await openLimitedServer(2);
    await using one = await rigWith(server, 3, 'mine', RETRY);
    await using other = await rigWith(server, 3, 'mine', RETRY);
    const first = one.start('stream', '--auto', '--json', '--parallel=2');
    await server.holds(2);
    const refused = await other.stream('--parallel=2');
    expect(limitsOf(refused.events)).toEqual([1]);
    expect(refused.summary).toMatchObject({
      landed: [],
      deferred: [],
      stoppedBy: { mode: 'drain', failure: { code: 'agent/rate-limited' } },
      exitCode: 1,
    });
    expect(other.states()).toEqual({ T1: 'UNPROCESSED', T2: 'UNPROCESSED', T3: 'UNPROCESSED' });
    server.release();
    expect(readStreamEnd(await first.wait()).summary.landed).toHaveLength(3);
    expect((await other.stream()).summary.landed).toHaveLength(3);
    expect(server.mostAtOnce).toBe(2);
  });

  test('002-10.2 the lines of a run say what became of the slots, and of who was refused', async () => {
    await using server = await openLimitedServer(1);
    await using rig = await rigWith(server, 3, 'mine', { retry: { ...RETRY.retry, attempts: 1 } });
    const run = rig.start('stream', '--auto', '--plain', '--parallel=3');
    await run.says('from now on 2 at once: 2 agents within 10 minutes met a rate limit');
    await run.says(/\[T\d\] met a rate limit, and is tried again when another agent ended/);
    server.release();
    expect(await run.wait()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\[T\d\] again \(attempt 2\) in lane-\d/),
    });
  });
});

describe('an API that answers 429 to all', () => {
  test('002-10.2 a limit that is used up stops a sequential run before it defers the whole queue', async () => {
    await using server = await openLimitedServer(0);
    await using rig = await rigWith(server, 8, 'claude');
    const { summary } = await rig.stream();
    expect(summary.deferred).toHaveLength(3);
    expect(summary.pending).toHaveLength(5);
    expect(summary.stoppedBy?.failure?.message).toContain('3 agents in a row met a rate limit');
    expect(summary.exitCode).toBe(1);
    expect(server.refused).toBe(3);
  });

  test('002-10.2 with retry.on, too: who was refused is pending and UNPROCESSED again, nobody is blamed', async () => {
    await using server = await openLimitedServer(0);
    await using rig = await rigWith(server, 2, 'mine', RETRY);
    const { summary } = await rig.stream();
    expect(summary.deferred).toEqual([]);
    expect(summary.pending).toHaveLength(2);
    expect(rig.states()).toEqual({ T1: 'UNPROCESSED', T2: 'UNPROCESSED' });
    expect(summary.stoppedBy?.failure?.code).toBe('agent/rate-limited');
    expect(server.refused).toBe(3);
  });
});
