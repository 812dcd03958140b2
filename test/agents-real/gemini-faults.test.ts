import { describe, expect, test } from '@jest/globals';
import { quotaFailure, retryInfo, type GeminiReply } from '../loopback/gemini-reply.js';
import { geminiRig, shell, ticketOf, useGemini, write } from './gemini-rig.js';
import { activityOf, outcomesOf, stoppedFor } from './told.js';

/** What each ticket's agent meets, and what is told of it. */
type Faults = Readonly<
  Record<string, { readonly reply: GeminiReply; readonly code: string; readonly reason: RegExp }>
>;

/** A run over one ticket for each fault, all at once. */
async function meet(faults: Faults) {
  const world = await geminiRig((request) =>
    request.isRouting ? { say: '' } : (faults[ticketOf(request)]?.reply ?? { say: '' }),
  );
  const ids = Object.keys(faults);
  await world.rig.tickets(ids.map((id) => ({ id })));
  const { summary } = await world.rig.stream(`--parallel=${ids.length}`);
  const asked = (id: string) =>
    world.model.requests.filter((request) => !request.isRouting && ticketOf(request) === id).length;
  return Object.assign(world, { deferred: byId(summary.deferred), asked });
}

const byId = <Entry extends { readonly id: string }>(entries: readonly Entry[]) =>
  [...entries].sort((a, b) => a.id.localeCompare(b.id));

const told = (faults: Faults) =>
  byId(
    Object.entries(faults).map(([id, { code, reason }]) => ({
      ...{ id, code },
      reason: expect.stringMatching(reason),
    })),
  );

describe('what can go wrong with the real Gemini CLI', () => {
  test.each([
    ['a refused key', { status: 401 }, 'agent/not-logged-in', /scripted error 401/],
    [
      'a quota of the day that is gone',
      {
        status: 429,
        details: [quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier')],
      },
      'agent/quota-gone',
      /exhausted your daily quota/,
    ],
  ] as const)('002-10.2 %s stops the run at the first call', async (_what, reply, code, reason) => {
    await using world = await geminiRig(({ isRouting }) => (isRouting ? { say: '' } : reply));
    const { rig, model } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    expect(stoppedFor(rig, summary)).toMatchObject({
      code,
      message: expect.stringMatching(reason),
    });
    expect(model.requests.filter(({ isRouting }) => !isRouting)).toHaveLength(1);
  });

  test('002-10.2 what it gives up by itself defers the ticket with its reason', async () => {
    const faults: Faults = {
      CUT: { reply: { cut: 'Once upon' }, code: 'agent/unreachable', reason: /terminated/ },
      SAFE: {
        reply: { use: [], finish: 'SAFETY' },
        ...{ code: 'agent/refused', reason: /blocked due to safety/ },
      },
    };
    await using world = await meet(faults);
    expect(world.deferred).toMatchObject(told(faults));
    expect(world.asked('CUT')).toBe(1);
  });

  test('002-10.2 what it would try ten times, for minutes, is met twice, shown and told with its reason', async () => {
    const faults: Faults = {
      // The header is not heeded by the CLI, the detail is: it would wait, and is not asked again at all.
      HEADER: {
        reply: { status: 429, headers: { 'retry-after': '1' } },
        ...{ code: 'agent/rate-limited', reason: /scripted error 429/ },
      },
      LIMIT: {
        reply: {
          status: 429,
          message: 'You exceeded your current quota, please check your plan and billing details.',
          details: [quotaFailure('GenerateRequestsPerMinutePerProject'), retryInfo('41s')],
        },
        ...{ code: 'agent/rate-limited', reason: /Suggested retry after 41s/ },
      },
      OTHER: { reply: { status: 500 }, code: 'agent/unreachable', reason: /scripted error 500/ },
      PLAIN: { reply: { status: 429 }, code: 'agent/rate-limited', reason: /scripted error 429/ },
      BUSY: { reply: { status: 503 }, code: 'agent/overloaded', reason: /scripted error 503/ },
    };
    await using world = await meet(faults);
    expect(world.deferred).toMatchObject(told(faults));
    const ids = Object.keys(faults);
    expect(ids.map(world.asked)).toEqual([2, 1, 2, 2, 2]);
    for (const id of ids) {
      expect(outcomesOf(world.rig, id)).toMatchObject([{ end: { kind: 'signalled' } }]);
    }
    const retries = activityOf(world.rig).filter(({ type }) => type === 'retrying');
    expect(retries).toHaveLength(9);
    expect(retries).toContainEqual({
      ...{ type: 'retrying', attempt: 1 },
      reason: 'scripted error 503 (503)',
    });
    expect(world.rig.processes()).toEqual([]);
  });

  test('an API that fails once is asked again by the CLI itself', async () => {
    let isFirst = true;
    await using world = await geminiRig(({ isRouting, turn }) => {
      if (isRouting) return { say: '' };
      if (!isFirst) return turn === 0 ? write('a.txt') : { say: 'Done.' };
      isFirst = false;
      return { status: 503 };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    expect((await rig.stream()).summary.landed.map(({ id }) => id)).toEqual(['T-1']);
  });

  test('an endpoint that nobody listens on is told as such', async () => {
    await using world = await geminiRig(() => ({ say: '' }));
    const { rig } = world;
    rig.env['GOOGLE_GEMINI_BASE_URL'] = 'http://127.0.0.1:9';
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    expect(summary.deferred).toMatchObject([
      { code: 'agent/unreachable', reason: expect.stringContaining('fetch failed') },
    ]);
  });

  test('who has chosen no account is told how', async () => {
    await using world = await geminiRig(() => ({ say: '' }), { security: {} });
    const { rig, model } = world;
    delete rig.env['GEMINI_API_KEY'];
    delete rig.env['GOOGLE_GEMINI_BASE_URL'];
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    expect(stoppedFor(rig, summary)).toMatchObject({
      code: 'agent/not-logged-in',
      hint: expect.stringContaining('GEMINI_API_KEY'),
    });
    expect(model.requests).toEqual([]);
  });

  test('a model that never answers hits the silence limit, and nothing is left behind', async () => {
    await using world = await geminiRig(() => ({ silence: true }));
    const { rig } = world;
    await useGemini(rig, { limits: { silenceMinutes: 0.1 } });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/silent' }]);
    expect(rig.processes()).toEqual([]);
  });

  test('a command with a substitution in it is refused by the CLI, which the agent is told', async () => {
    await using world = await geminiRig(({ turn, results }) => {
      if (turn === 0) return shell('echo $(date)');
      return turn === 1 ? write('said.txt', results[0] ?? '') : { say: 'Done.' };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    expect((await rig.stream()).summary.landed).toHaveLength(1);
    expect(rig.read('said.txt')).toContain('command substitution');
  });
});
