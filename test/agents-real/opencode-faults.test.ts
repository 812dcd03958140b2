import { describe, expect, test } from '@jest/globals';
import type { AgentOutcome } from '../../lib/model/agent.js';
import type { ChatReply } from '../loopback/chat-reply.js';
import { LIMIT_MS, opencodeRig, ticketOf, useOpencode, write, stream } from './opencode-rig.js';
import { activityOf, outcomesOf } from './told.js';

/** A ticket whose requests are all answered so: how it is told, and how often the model is asked. */
interface Fault {
  readonly reply: ChatReply;
  readonly code: string;
  readonly reason: RegExp;
  readonly requests: number;
}

/** With one of them no call of that agent can do anything. */
const DEAD: Readonly<Record<string, Fault>> = {
  KEY: {
    reply: { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided' },
    ...{ code: 'agent/not-logged-in', reason: /Incorrect API key/, requests: 1 },
  },
  FORBIDDEN: {
    reply: { status: 403 },
    ...{ code: 'agent/forbidden', reason: /\(403\)|scripted error 403/, requests: 1 },
  },
  QUOTA: {
    reply: {
      ...{ status: 429, code: 'insufficient_quota' },
      message: 'You exceeded your current quota',
    },
    ...{ code: 'agent/quota-gone', reason: /current quota/, requests: 2 },
  },
};

/** What passes is tried again once, what does not is given up at once. */
const FAULTS: Readonly<Record<string, Fault>> = {
  BUSY: {
    reply: { status: 503, message: 'The engine is currently overloaded' },
    ...{ code: 'agent/overloaded', reason: /currently overloaded/, requests: 2 },
  },
  CUT: {
    reply: { cut: 'Once upon' },
    ...{ code: 'agent/unreachable', reason: /./, requests: 2 },
  },
  GONE: {
    reply: { reset: true },
    ...{ code: 'agent/unreachable', reason: /./, requests: 2 },
  },
  HOUR: {
    reply: {
      ...{ status: 429, headers: { 'retry-after': '3600' } },
      message: 'Rate limit reached for m-1',
    },
    code: 'agent/rate-limited',
    reason: /Rate limit reached for m-1 \(until \d{4}-\d\d-\d\dT[\d:]{8}Z\)/,
    requests: 1,
  },
  LIMITED: {
    reply: { status: 429, message: 'Too many requests' },
    ...{ code: 'agent/rate-limited', reason: /Too many requests/, requests: 2 },
  },
  LONG: {
    reply: {
      ...{ status: 400, code: 'context_length_exceeded' },
      message: "This model's maximum context length is 128000 tokens.",
    },
    // A long conversation is shortened by a request of its own.
    ...{ code: 'agent/context-too-long', reason: /maximum context length/, requests: 2 },
  },
};

/** Those that fail once alone. */
const PASSING: Readonly<Record<string, ChatReply>> = {
  'CUT-ONCE': { cut: 'Once upon' },
  'LIMITED-ONCE': { status: 429, headers: { 'retry-after': '1' } },
};

describe('the real OpenCode in trouble', () => {
  test(
    '002-10.2 each fault is told by its name; a dead account stops its agent alone; what passes is got over',
    async () => {
      const asked = new Map<string, number>();
      await using world = await opencodeRig((request) => {
        const ticket = ticketOf(request);
        const before = asked.get(ticket) ?? 0;
        asked.set(ticket, before + 1);
        const fault = { ...DEAD, ...FAULTS }[ticket]?.reply;
        if (fault) return fault;
        if (before === 0) return PASSING[ticket] ?? { say: 'Never.' };
        return request.turn === 0 ? write(`${ticket}.txt`) : { say: 'Done.' };
      });
      const { rig } = world;
      const opencode = { kind: 'opencode', command: ['opencode'], model: 'my-host/m-1' };
      const dead = Object.keys(DEAD);
      await rig.config({
        agent: 'opencode',
        agents: {
          opencode,
          ...Object.fromEntries(dead.map((id) => [`of-${id}`, opencode])),
          'of-NOBODY': { ...opencode, model: 'openai/none' },
        },
      });
      const ids = [...Object.keys(FAULTS), ...Object.keys(PASSING)];
      await rig.tickets([
        ...[...dead, 'NOBODY'].map((id) => ({ id, agent: `of-${id}` })),
        ...ids.map((id) => ({ id })),
      ]);
      const { summary } = await stream(rig, '--parallel=3');
      expect(summary.exitCode).toBe(4);
      expect(summary.pending.map(({ id }) => id).sort()).toEqual(dead.sort());
      expect(summary.landed.map(({ id }) => id).sort()).toEqual(Object.keys(PASSING).sort());
      for (const [id, { code, reason, requests }] of Object.entries({ ...DEAD, ...FAULTS })) {
        const [{ failure }] = outcomesOf(rig, id) as [AgentOutcome];
        expect({ id, code: failure?.code, requests: asked.get(id) }).toEqual({
          ...{ id, code, requests },
        });
        expect(failure?.message).toMatch(reason);
      }
      const deferred = Object.fromEntries(summary.deferred.map(({ id, code }) => [id, code]));
      const faults = Object.entries(FAULTS).map(([id, { code }]) => [id, code]);
      // A model that nobody has is named, although the output says nothing of it.
      expect(deferred).toEqual({
        ...Object.fromEntries(faults),
        NOBODY: 'agent/reported-failure',
      });
      expect(outcomesOf(rig, 'NOBODY')[0]?.failure?.message).toContain('openai/none');
      expect(asked.has('NOBODY')).toBe(false);
      expect(outcomesOf(rig, 'CUT')[0]?.end).toEqual({ kind: 'exited', code: 0 });
      expect(activityOf(rig)).toContainEqual({
        type: 'retrying',
        reason: 'Rate limit reached for m-1 (429)',
        attempt: 1,
        delayMs: expect.any(Number),
      });
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
});
