import { describe, expect, test } from '@jest/globals';
import type { ChatReply } from '../loopback/chat-reply.js';
import { LIMIT_MS, opencodeRig, ticketOf, useOpencode, write, stream } from './opencode-rig.js';
import { activityOf, outcomesOf, stoppedFor } from './told.js';

/** One ticket whose requests are all answered so: what it is deferred for, and how often the model was asked. */
async function deferredFor(reply: ChatReply) {
  await using world = await opencodeRig(() => reply);
  const { rig, model } = world;
  await rig.tickets([{ id: 'T-1' }]);
  const { summary } = await stream(rig);
  expect(rig.states()).toEqual({ 'T-1': 'DEFERRED' });
  const [deferred] = summary.deferred;
  return { ...deferred, requests: model.requests.length, activity: activityOf(rig) };
}

describe('the real OpenCode in trouble', () => {
  test.each([
    [
      'a refused key',
      { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided' },
      'agent/not-logged-in',
      /Incorrect API key/,
      1,
    ],
    ['a forbidden model', { status: 403 }, 'agent/forbidden', /\(403\)/, 1],
    [
      'a quota that is gone',
      { status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota' },
      'agent/quota-gone',
      /current quota/,
      2,
    ],
  ] as const)(
    '002-10.2 %s stops the run at the first call',
    async (_what, reply, code, reason, requests) => {
      await using world = await opencodeRig(() => reply);
      const { rig, model } = world;
      await rig.tickets([{ id: 'T-1' }]);
      const { summary } = await stream(rig);
      expect(stoppedFor(rig, summary)).toMatchObject({
        code,
        message: expect.stringMatching(reason),
      });
      expect(model.requests).toHaveLength(requests);
    },
    LIMIT_MS,
  );

  test(
    'a limit of an hour is not waited for: the ticket is deferred with its end',
    async () => {
      const { code, reason, requests, activity } = await deferredFor({
        status: 429,
        headers: { 'retry-after': '3600' },
        message: 'Rate limit reached for m-1',
      });
      expect([code, requests]).toEqual(['agent/rate-limited', 1]);
      expect(reason).toMatch(/Rate limit reached for m-1 \(until \d{4}-\d\d-\d\dT[\d:]{8}Z\)/);
      expect(activity).toContainEqual({
        type: 'retrying',
        reason: 'Rate limit reached for m-1 (429)',
        attempt: 1,
        delayMs: expect.any(Number),
      });
    },
    LIMIT_MS,
  );

  test(
    'what passes is tried again once, what does not is given up then, each for its own reason',
    async () => {
      const asked = new Map<string, number>();
      await using world = await opencodeRig((request) => {
        const ticket = ticketOf(request);
        const before = asked.get(ticket) ?? 0;
        asked.set(ticket, before + 1);
        switch (ticket) {
          case 'BUSY':
            return { status: 503, message: 'The engine is currently overloaded' };
          case 'CUT':
            return { cut: 'Once upon' };
          case 'GONE':
            return { reset: true };
          case 'LIMITED':
            return { status: 429, message: 'Too many requests' };
          case 'LONG':
            return {
              ...{ status: 400, code: 'context_length_exceeded' },
              message: "This model's maximum context length is 128000 tokens.",
            };
          case 'CUT-ONCE':
            if (before === 0) return { cut: 'Once upon' };
            break;
          default:
            if (before === 0) return { status: 429, headers: { 'retry-after': '1' } };
        }
        return request.turn === 0 ? write(`${ticket}.txt`) : { say: 'Done.' };
      });
      const { rig } = world;
      const ids = ['BUSY', 'CUT', 'CUT-ONCE', 'GONE', 'LIMITED', 'LIMITED-ONCE', 'LONG'];
      await rig.tickets(ids.map((id) => ({ id })));
      const { summary } = await stream(rig, '--parallel=3');
      expect(summary.landed.map(({ id }) => id).sort()).toEqual(['CUT-ONCE', 'LIMITED-ONCE']);
      expect(summary.deferred.map(({ id, code }) => [id, code]).sort()).toEqual([
        ['BUSY', 'agent/overloaded'],
        ['CUT', 'agent/unreachable'],
        ['GONE', 'agent/unreachable'],
        ['LIMITED', 'agent/rate-limited'],
        ['LONG', 'agent/context-too-long'],
      ]);
      // A long conversation is shortened by a request of its own.
      expect(Object.fromEntries(asked)).toMatchObject({ BUSY: 2, CUT: 2, GONE: 2, LIMITED: 2 });
      expect(outcomesOf(rig, 'CUT')[0]?.end).toEqual({ kind: 'exited', code: 0 });
    },
    LIMIT_MS,
  );

  test(
    'a model that never answers hits the silence limit, and nothing is left behind',
    async () => {
      await using world = await opencodeRig(() => ({ silence: true }));
      const { rig } = world;
      await useOpencode(rig, { limits: { silenceMinutes: 0.1 } });
      await rig.tickets([{ id: 'T-1' }]);
      const { summary } = await stream(rig);
      expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/silent' }]);
      expect(rig.processes()).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'a model that nobody has is named, although the output says nothing of it',
    async () => {
      await using world = await opencodeRig(() => ({ say: 'Never.' }));
      const { rig, model } = world;
      await rig.config({
        agent: 'opencode',
        agents: { opencode: { kind: 'opencode', command: ['opencode'], model: 'openai/none' } },
      });
      await rig.tickets([{ id: 'T-1' }]);
      const { summary } = await stream(rig);
      expect(summary.deferred).toMatchObject([
        { code: 'agent/reported-failure', reason: expect.stringContaining('openai/none') },
      ]);
      expect(model.requests).toEqual([]);
    },
    LIMIT_MS,
  );
});
