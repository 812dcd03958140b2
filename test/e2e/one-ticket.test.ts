import { describe, expect, test } from '@jest/globals';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { PublicEvent } from '../../lib/model/public-event.js';
import type { SessionList } from '../../lib/model/session-schema.js';
import type { RunStatus } from '../../lib/model/status-schema.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';
import { until } from '../rig/within.js';

const done = { '{ticket}.txt': 'done\n' };

const statusOf = async (rig: Rig) =>
  JSON.parse((await rig.run('status', '--json')).stdout) as RunStatus;

async function sessionsOf(rig: Rig) {
  const { sessions } = JSON.parse((await rig.run('sessions', '--json')).stdout) as SessionList;
  return sessions;
}

const ofTicket = (events: readonly PublicEvent[], id: string) =>
  events.filter((event) => 'ticket' in event && event.ticket === id);

describe('the agent of a ticket', () => {
  test('001-4.5 001-4.7 001-4.10 001-4.11 how each began and ended is told with its component, model and cost; only what landed is COMPLETED', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([
      { id: 'API-1' },
      { id: 'UI-1', component: 'frontend' },
      { id: 'DB-1' },
      { id: 'OPS-1' },
    ]);
    await rig.config({
      verify: ['test ! -e DB-1.txt'],
      models: { choose: 'tier', tiers: { scripted: { small: 'little', large: 'big' } } },
    });
    await rig.script({
      'API-1': [{ usage: { costUsd: 0.25 } }, { write: done }],
      'UI-1': [{ usage: { costUsd: 0.5 } }, { write: done }, { exit: 3 }],
      'DB-1': [{ write: done }],
      'OPS-1': [{ usage: { costUsd: 0.125 } }, { hang: true }],
    });
    const run = rig.start('stream', '--auto', '--json', '--parallel=4');
    await rig.event('agent.called', ({ attempt }) => attempt === 'OPS-1#1');
    await until(
      async () => (await sessionsOf(rig)).find((one) => one.costUsd === 0.125),
      20_000,
      () => 'OPS-1 has not told its cost',
    );
    expect((await rig.run('cancel', 'OPS-1')).code).toBe(0);
    const { events } = readStreamEnd(await run.wait());

    const [began, ...more] = ofTicket(events, 'UI-1');
    expect(began).toMatchObject({
      ...{ type: 'ticket.started', component: 'frontend', agent: 'scripted', model: 'little' },
      attempt: 1,
    });
    expect(more).toMatchObject([{ type: 'ticket.deferred', code: 'agent/crashed', costUsd: 0.5 }]);
    const landed = ofTicket(events, 'API-1');
    expect(landed[0]).toMatchObject({ component: 'API' });
    expect(landed.map((event) => [event.type, 'costUsd' in event && event.costUsd])).toEqual([
      ['ticket.started', false],
      ['ticket.worked', 0.25],
      ['ticket.checking', false],
      ['ticket.landed', 0.25],
    ]);
    // Nobody knows what it cost: that is not nothing.
    const red = ofTicket(events, 'DB-1').at(-1);
    expect(red).toMatchObject({ type: 'ticket.deferred', code: 'checks/red' });
    expect(red).not.toHaveProperty('costUsd');
    expect(ofTicket(events, 'OPS-1').at(-1)).toMatchObject({
      type: 'ticket.released',
      costUsd: 0.125,
    });

    const states = new Map((await sessionsOf(rig)).map(({ ticket, state }) => [ticket, state]));
    expect(Object.fromEntries(states)).toEqual({
      ...{ 'API-1': 'completed', 'UI-1': 'error', 'DB-1': 'completed', 'OPS-1': 'cancelled' },
    });
    expect(rig.states()).toEqual({
      ...{ 'API-1': 'COMPLETED', 'UI-1': 'DEFERRED', 'DB-1': 'DEFERRED', 'OPS-1': 'UNPROCESSED' },
    });
  });

  test.each<[string, 'error' | 'cancelled', (rig: Rig, end: () => Promise<void>) => Promise<void>]>(
    [
      ['crashes', 'error', (_rig, end) => end()],
      ['works too long', 'error', () => Promise.resolve()],
      [
        'is cancelled',
        'cancelled',
        async (rig) => {
          expect((await rig.run('cancel', 'A')).code).toBe(0);
        },
      ],
    ],
  )(
    '001-4.4 one that %s stands among those at work until then, and no longer',
    async (how, state, finish) => {
      await using rig = await Rig.create({ branch: 'work' });
      await rig.tickets([{ id: 'A' }, { id: 'B' }]);
      await rig.config(how === 'works too long' ? { limits: { ticketMinutes: 0.1 } } : {});
      const run = rig.start('stream', '--auto', '--json', '--limit=1');
      const call = await rig.agent.for('A');
      const atWork = await statusOf(rig);
      expect(atWork.lanes).toMatchObject([{ lane: 'lane-1', ticket: 'A', attempt: 1 }]);
      expect((await sessionsOf(rig)).map((one) => one.state)).toEqual(['running']);
      await finish(rig, () => call.exit(3));
      await call.ended;
      await run.wait();
      expect((await statusOf(rig)).lanes).toEqual([]);
      expect((await sessionsOf(rig)).map((one) => one.state)).toEqual([state]);
      expect(rig.processes()).toEqual([]);
    },
  );

  test('001-4.12 one that prints garbage is told as an error, with all that it printed in its log; the others go on', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }, { id: 'B', agent: 'scripted' }]);
    const result = '{"type":"result","subtype":"success","is_error":"no","result":{"a":[]}';
    await rig.program(
      'claude',
      `case "$*" in *--version*) echo 2.1.0; exit;; esac
       cat >/dev/null; printf '\\000\\377\\033[2J{"type":"assistant","message":{"content":7}}\\n'
       printf '%s\\n' '{"type":"assistant","message":null}' '[[[[' '{"type":[]}' '${result}'
       printf '{"type":"result","usage":{"input_tokens":-1e400}'; exit 9`,
    );
    await rig.config({
      agent: 'claude',
      agents: { scripted: { kind: 'command', command: ['test-agent'] } },
    });
    await rig.script({ B: [{ write: done }] });
    const { summary, code } = await rig.stream();
    expect(code).toBe(1);
    expect(summary.landed.map(({ id }) => id)).toEqual(['B']);
    expect(summary.deferred).toMatchObject([{ id: 'A', code: 'agent/crashed' }]);
    const told = (await sessionsOf(rig)).find(({ ticket }) => ticket === 'A');
    expect(told).toMatchObject({ state: 'error', tokens: {}, failure: { code: 'agent/crashed' } });
    const log = readFileSync(told?.log ?? '', 'latin1');
    expect(log).toContain('\x00\xff\x1b[2J{"type":"assistant","message":{"content":7}}\n');
    expect(log).toContain('{"type":"result","usage":{"input_tokens":-1e400}');
    // eslint-disable-next-line no-control-regex -- what must not reach the terminal
    expect((await rig.run('logs', 'A')).stdout).not.toMatch(/[\u0000\u001b]/);
  });

  test('001-5.1 it runs inside its worktree; what it writes outside is found there by git, and is not its work', async () => {
    await using rig = await Rig.create({ branch: 'work', files: { 'mine.txt': 'mine\n' } });
    await rig.tickets([{ id: 'A' }]);
    await rig.config();
    const run = rig.start('stream', '--auto', '--json');
    const call = await rig.agent.for('A');
    const top = realpathSync((await call.git('rev-parse', '--show-toplevel')).trim());
    expect(realpathSync(call.cwd)).toBe(top);
    expect(call.cwd.startsWith(rig.env['XDG_STATE_HOME']!)).toBe(true);
    expect(await call.shell('pwd -P; git worktree list --porcelain')).toContain(`worktree ${top}`);
    await call.shell(`echo theirs > '${join(rig.checkout, 'mine.txt')}'`);
    await call.succeed({ 'A.txt': 'a\n' });
    const { summary } = readStreamEnd(await run.wait());
    const landed = await rig.git('diff', '--name-only', summary.base, summary.landed[0]!.commit);
    expect(landed).toBe('A.txt');
    expect((await rig.git('status', '--short', '--', 'mine.txt')).trim()).toBe('M mine.txt');
  });
});

describe('a run without anything to do', () => {
  test.each([
    ['no tickets', [], 'The index holds no tickets.'],
    ['nothing but done ones', [{ id: 'A', state: 'COMPLETED' }], 'All 1 tickets are done'],
  ])('001-2.2 %s: it ends well, without a run, an event or a change', async (_, tickets, words) => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets(tickets);
    await rig.config();
    const before = rig.snapshot();
    const told = await rig.run('stream', '--auto', '--parallel=2');
    expect([told.code, told.stdout]).toEqual([0, expect.stringContaining(words)]);
    const asJson = await rig.run('stream', '--auto', '--parallel=2', '--json');
    expect([asJson.code, asJson.stdout]).toEqual([0, '']);
    expect(asJson.stderr).toContain(words);
    const plan = JSON.parse((await rig.run('stream', '--json')).stdout) as {
      counts: { runnable: number };
    };
    expect(plan.counts.runnable).toBe(0);
    expect((await rig.run('runs')).stdout).not.toContain('sage/');
    expect(rig.snapshot()).toEqual(before);
  });
});
