import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { AgentOutcome } from '../../lib/model/agent.js';
import type { ResponsesReply } from '../loopback/responses-reply.js';
import { codexConfig, writeCodexConfig } from './cli-homes.js';
import { addFile, codexRig, KEY, stream, ticketOf, workAndCommit } from './codex-rig.js';
import { activityOf, outcomeOf, outcomesOf, stoppedFor } from './told.js';

/** What the model answers to the tickets of these names, and how each of them ends. */
const FAULTS: Readonly<Record<string, readonly [ResponsesReply, code: string, reason: RegExp]>> = {
  KEY: [{ status: 401 }, 'agent/not-logged-in', /not logged in: unexpected status 401/],
  FORBIDDEN: [{ status: 403 }, 'agent/forbidden', /403/],
  QUOTA: [
    { status: 429, error: { code: 'insufficient_quota', type: 'insufficient_quota' } },
    'agent/quota-gone',
    /Quota exceeded/,
  ],
  BROKEN: [{ status: 503 }, 'agent/unreachable', /got no answer from the API: .*503/],
  CUT: [{ cut: 'Once upon' }, 'agent/unreachable', /stream disconnected/],
  RESET: [{ reset: true }, 'agent/unreachable', /error sending request/],
  LONG: [
    { status: 400, error: { code: 'context_length_exceeded' } },
    'agent/context-too-long',
    /ran out of room/,
  ],
  REFUSED: [
    { failed: { code: 'invalid_prompt', message: 'Invalid prompt: for safety reasons.' } },
    'agent/refused',
    /safety reasons/,
  ],
  ODD: [{ status: 400 }, 'agent/reported-failure', /scripted error 400/],
};

/** With one of them no call of that agent can do anything. */
const DEAD = ['FORBIDDEN', 'KEY', 'QUOTA'];

describe('what goes wrong with the real Codex', () => {
  test('002-10.2 each fault is told by its name; a dead account stops its agent alone; an exit code 0 without work is none', async () => {
    await using world = await codexRig((request) => {
      const ticket = ticketOf(request);
      return FAULTS[ticket]?.[0] ?? { say: 'I have done everything.' };
    });
    const { rig } = world;
    const agents = DEAD.map((id) => [`of-${id}`, { kind: 'codex', command: ['codex'] }] as const);
    await rig.config({ agent: 'codex', agents: Object.fromEntries(agents) });
    await rig.tickets([
      ...DEAD.map((id) => ({ id, agent: `of-${id}` })),
      ...[...Object.keys(FAULTS).filter((id) => !DEAD.includes(id)), 'IDLE'].map((id) => ({ id })),
    ]);
    const { summary } = await rig.stream('--verify', 'none', '--parallel=3');
    expect(summary).toMatchObject({ landed: [], exitCode: 4 });
    expect(summary.pending.map(({ id }) => id).sort()).toEqual(DEAD);
    for (const [id, [, code, reason]] of Object.entries(FAULTS)) {
      const [{ failure }] = outcomesOf(rig, id) as [AgentOutcome];
      expect({ id, code: failure?.code }).toEqual({ id, code });
      expect(failure?.message).toMatch(reason);
    }
    const deferred = Object.fromEntries(summary.deferred.map(({ id, code }) => [id, code]));
    expect(deferred).toMatchObject({ IDLE: 'agent/no-work', LONG: 'agent/context-too-long' });
    expect(summary.deferred).toHaveLength(7);
    expect(outcomeOf(rig, 'IDLE')?.end).toEqual({ kind: 'exited', code: 0 });
    expect(activityOf(rig)).toContainEqual({
      type: 'retrying',
      reason: expect.stringContaining('unexpected status 503'),
      attempt: 1,
    });
  });

  const limited = (headers: Readonly<Record<string, string>>, error: object): ResponsesReply => ({
    status: 429,
    headers,
    error: { code: 'rate_limit_exceeded', ...error },
  });

  test.each([
    ['a rate limit', limited({}, {}), 'agent/rate-limited', /429 Too Many Requests/],
    ['one of a second', limited({ 'retry-after': '1' }, {}), 'agent/rate-limited', /429/],
    // It sleeps until then without a word.
    ['one of an hour', limited({ 'retry-after': '3600' }, {}), 'agent/rate-limited', /429/],
    [
      "a plan's limit, with the time when it is reset",
      limited({}, { type: 'usage_limit_reached', resets_at: 4_102_444_800, code: undefined }),
      'agent/rate-limited',
      /usage limit.* try again at .*2100/i,
    ],
    [
      'a model without room',
      { status: 503, error: { code: 'server_is_overloaded' } },
      'agent/overloaded',
      /at capacity/,
    ],
  ] as const)('002-10.2 %s is told as such', async (_what, reply, code, reason) => {
    await using world = await codexRig(() => reply);
    const { rig } = world;
    await rig.config({ agents: {}, agent: 'codex', limits: { silenceMinutes: 0.05 } });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([
      { id: 'T-1', code, reason: expect.stringMatching(reason) },
    ]);
  });

  test('003-7.10 a key whose limit has a told end rests until that minute is over, and the other one goes on', async () => {
    const resetsAt = 4_102_444_815;
    const spent = 'sk-loop-spent-0123';
    await using world = await codexRig((request) =>
      request.key === spent
        ? limited({}, { type: 'usage_limit_reached', resets_at: resetsAt, code: undefined })
        : workAndCommit(request),
    );
    const { rig } = world;
    const from = { environment: ['KEY_ONE', 'KEY_TWO'] };
    Object.assign(rig.env, { KEY_ONE: spent, KEY_TWO: KEY });
    await rig.config({
      agents: {},
      agent: 'codex',
      credentials: { codex: { variable: 'OPENAI_API_KEY', from } },
    });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.landed).toMatchObject([{ id: 'T-1', attempts: 1 }]);
    const rests = rig.journal().find(({ type }) => type === 'credential.cooled');
    expect(rests).toMatchObject({
      credential: 'key-1',
      until: new Date((Math.floor(resetsAt / 60) + 1) * 60_000).toISOString(),
    });
  });

  test('a network that is not there is told as such, although it never stops to try again', async () => {
    await using world = await codexRig(() => ({ silence: true }));
    const { rig } = world;
    await writeCodexConfig(
      rig.places.home,
      codexConfig(`http://127.0.0.1:${await unusedPort()}/v1`),
    );
    await rig.config({ agents: {}, agent: 'codex', limits: { silenceMinutes: 0.08 } });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/unreachable' }]);
    expect(outcomeOf(rig, 'T-1')?.end.kind).toBe('silent');
    expect(rig.processes()).toEqual([]);
  });

  test('a connection that is cut once, and one that is slow, are got over', async () => {
    let isCut = false;
    await using world = await codexRig(({ turn }) => {
      if (!isCut) {
        isCut = true;
        return { cut: 'Once upon' };
      }
      return turn === 0
        ? addFile('a.txt', 'a')
        : { say: 'Done.', after: new Promise((passed) => setImmediate(passed)) };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
  });

  test('a model that never answers hits the silence limit, and nothing is left behind', async () => {
    await using world = await codexRig(() => ({ silence: true }));
    const { rig } = world;
    await rig.config({ agents: {}, agent: 'codex', limits: { silenceMinutes: 0.05 } });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/silent' }]);
    expect(rig.processes()).toEqual([]);
  });

  test('without its key it is not logged in, and the way out is told', async () => {
    await using world = await codexRig(() => ({ say: 'never asked' }));
    const { rig, model } = world;
    delete rig.env['OPENAI_API_KEY'];
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(stoppedFor(rig, summary)).toMatchObject({
      code: 'agent/not-logged-in',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
    expect(model.requests).toEqual([]);
  });
});

/** A port on which nobody listens. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
