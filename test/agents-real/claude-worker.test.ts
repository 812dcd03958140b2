import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { loadavg } from 'node:os';
import { limitMarking } from '../../lib/process/limit-mark.js';
import type { ModelReply } from '../loopback/messages-reply.js';
import type { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';
import { spent } from '../loopback/model-server.js';
import { claudeRig, ticketOf } from './claude-rig.js';
import { activityOf, expectThreeLanded, outcomeOf, stoppedFor } from './told.js';

const write = (path: string): ModelReply => ({
  say: `I write ${path}.`,
  use: [{ tool: 'Write', input: { file_path: path, content: `${path}\n` } }],
});
const bash = (command: string): ModelReply => ({ use: [{ tool: 'Bash', input: { command } }] });

/** The one command line, with checks off, that every case runs. */
const stream = (rig: Rig, ...flags: readonly string[]) =>
  rig.stream('--agent', 'claude', '--verify', 'none', ...flags);

describe('the real Claude Code as a worker', () => {
  test('three at once write, commit and land; session, words, tools and cost are read', async () => {
    await using world = await claudeRig(
      ({ said, turn }) => {
        const ticket = ticketOf(said);
        if (turn === 0) return write(`${ticket}.txt`);
        if (turn === 1 && ticket === 'T-2') return bash('git add -A && git commit -qm "wip: mine"');
        if (turn === 1 && ticket === 'T-3') return bash('env > env.txt');
        return { say: `${ticket} is done.` };
      },
      { name: 'Prüf stand' },
    );
    const { rig, model } = world;
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
    const end = await stream(rig, '--parallel=3');
    expectThreeLanded(rig, end);
    expect(rig.read('T-1.txt') + rig.read('T-2.txt')).toBe('T-1.txt\nT-2.txt\n');

    const outcome = outcomeOf(rig, 'T-2');
    // What the server reported to this worker alone, summed over its three answers.
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = outcome!.usage;
    const told = spent(model, ({ caller }) => caller === outcome?.sessionId);
    expect(told.requests).toBe(3);
    expect(inputTokens).toBe(told.input_tokens);
    expect(outputTokens).toBe(told.output_tokens);
    expect(cacheReadTokens).toBe(told.cache_read_input_tokens);
    expect(cacheWriteTokens).toBe(told.cache_creation_input_tokens);
    expect(cacheReadTokens).toBeGreaterThan(5_000);
    expect(outcome?.usage.costMicroUsd).toBeGreaterThan(0);
    expect(outcome?.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(end.summary.costUsd).toBeGreaterThan(0);
    const said = activityOf(rig);
    expect(said).toContainEqual({ type: 'text', text: 'I write T-1.txt.' });
    expect(said).toContainEqual({ type: 'tool', name: 'Bash', summary: 'env > env.txt' });
    expect(model.requests.some(({ headers }) => headers['x-api-key'] === 'sk-ant-nobody')).toBe(
      true,
    );

    const seen = rig.read('env.txt');
    expect(seen).toContain('SAGE_TICKET=T-3\n');
    expect(seen).toMatch(/^SAGE_PORT_BASE=\d+$/m);
    expect(seen).not.toMatch(/not-for-agents|of-the-outer-session|outer\.sock/);
  });

  test('what it may not do is denied at once, and a lane without work is not landed', async () => {
    await using world = await claudeRig(({ turn, results }) =>
      turn === 0
        ? { use: [{ tool: 'WebFetch', input: { url: 'http://127.0.0.1:9/', prompt: 'x' } }] }
        : { say: `It said: ${results[0]?.text ?? ''}` },
    );
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(outcomeOf(rig, 'T-1')?.lastMessage).toMatch(/permission/);
    expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/permission-needed' }]);
    expect(activityOf(rig)).toContainEqual({
      type: 'waiting',
      reason: expect.stringMatching(/^asks for permission: WebFetch http:/),
    });
  });

  test.each([
    [
      'a usage limit of an hour',
      { status: 429, headers: { 'retry-after': '3600' } },
      /rate or usage limit/,
    ],
    ['an overloaded API', { status: 529 }, /API overloaded: API Error: 529/],
  ] as const)('%s defers the ticket with its reason, soon', async (_what, reply, reason) => {
    await using world = await claudeRig(() => reply);
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([{ id: 'T-1', reason: expect.stringMatching(reason) }]);
    expect(rig.states()).toEqual({ 'T-1': 'DEFERRED' });
    expect(summary.wallMs).toBeLessThan(20_000);
  });

  test('a refused key stops the run at the first call, and no ticket is blamed', async () => {
    await using world = await claudeRig(() => ({ status: 401 }));
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(stoppedFor(rig, summary)).toMatchObject({
      code: 'agent/not-logged-in',
      message: expect.stringContaining('not logged in'),
    });
  });

  test('a connection that is cut once is tried again by the CLI itself', async () => {
    let isCut = false;
    await using world = await claudeRig(({ said, turn }) => {
      if (!said.includes('Ticket: ')) return { say: 'A title' };
      if (!isCut) {
        isCut = true;
        return { cut: 'Once upon' };
      }
      return turn === 0 ? write('a.txt') : { say: 'Done.' };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
  });

  test('an answer that breaks off as overloaded is asked for again by the CLI itself', async () => {
    let isBroken = false;
    await using world = await claudeRig(({ turn }) => {
      if (!isBroken) {
        isBroken = true;
        return { overloadedAfter: 'Once upon' };
      }
      return turn === 0 ? write('a.txt') : { say: 'Done.' };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
  });

  test('a model that never answers hits the silence limit, and nothing is left behind', async () => {
    await using world = await claudeRig(() => ({ silence: true }));
    const { rig } = world;
    await rig.config({ agents: {}, agent: 'claude', limits: { silenceMinutes: 0.05 } });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/silent' }]);
    expect(rig.processes()).toEqual([]);
  });

  test('when sage is killed nothing of it survives two seconds, whatever its tool shells did to get away', async () => {
    const away = `env -i setsid sh -c 'cd /; exec sleep "$1"' sh`;
    // The last one has lost its parent, too.
    const work = `setsid sleep 300 & ${away} 301 & (${away} 302 &); wait`;
    let isKilled = false;
    await using world = await claudeRig(({ turn }) =>
      turn === 0 && !isKilled ? bash(work) : { say: 'Done.' },
    );
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const program = rig.start('stream', '--auto', '--agent', 'claude', '--verify', 'none');
    const canMark = (await limitMarking()) !== undefined;
    const table = () => execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' });
    const sleeps = () => table().match(/^ *\d+ sleep 30[012]$/gm) ?? [];
    await until(
      () => (sleeps().length === 3 ? true : undefined),
      20_000,
      () => `the tool's sleeps did not start:\n${program.stdout}\n${program.stderr}`,
    );
    const killedAt = performance.now();
    program.signal('SIGKILL');
    isKilled = true;
    await program.wait();
    await until(
      () => (rig.processes().length + sleeps().length <= (canMark ? 0 : 1) ? true : undefined),
      20_000,
      () => `they live on: ${JSON.stringify([rig.processes(), sleeps()])}`,
    );
    // Two seconds, and more where more than one task per processor wants to run.
    expect(performance.now() - killedAt).toBeLessThan(2_000 + 1_000 * (loadavg()[0]! / 2));
    for (const line of sleeps()) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    expect((await stream(rig)).summary.deferred).toMatchObject([{ code: 'agent/no-work' }]);
  });
});
