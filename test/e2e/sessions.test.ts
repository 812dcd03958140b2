import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sessionListSchema, type Session } from '../../lib/model/session-schema.js';
import { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

async function sessions(rig: Rig, ...flags: readonly string[]): Promise<readonly Session[]> {
  const { stdout, stderr, code } = await rig.run('sessions', '--json', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  return sessionListSchema.parse(JSON.parse(stdout)).sessions;
}

const linesOf = (file: string | undefined) =>
  readFileSync(file ?? '', 'utf8')
    .split('\n')
    .filter(Boolean);

describe('sage sessions', () => {
  test('001-4.6 001-5.2 fifty agents, as many at once as there may be, have fifty numbers and a transcript each', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const tickets = Array.from({ length: 50 }, (_, index) => `T-${index + 1}`);
    const here = join(rig.places.root, 'here');
    const gate = join(rig.places.root, 'gate');
    mkdirSync(here);
    execFileSync('mkfifo', [gate]);
    // Each takes one newline from the gate: the first ten end when all of them are there.
    await rig.program(
      'waiting-agent',
      `cat >/dev/null; echo "I am $SAGE_TICKET"; : > '${here}'/"$SAGE_TICKET"; read -r _ < '${gate}'
       echo "$SAGE_TICKET" > "$SAGE_TICKET.txt"`,
    );
    await rig.tickets(tickets.map((id) => ({ id })));
    await rig.config({
      agent: 'waiting',
      agents: { waiting: { kind: 'command', command: ['waiting-agent'] } },
    });
    const opened = openSync(gate, constants.O_RDWR);
    const run = rig.start('stream', '--auto', '--parallel=10');
    await until(
      () => (readdirSync(here).length === 10 ? true : undefined),
      60_000,
      () => `${readdirSync(here).length} agents are there`,
    );
    const atWork = await sessions(rig);
    expect(atWork.map(({ state }) => state)).toEqual(Array(10).fill('running'));
    writeSync(opened, '\n'.repeat(50));
    expect((await run.wait()).code).toBe(0);
    closeSync(opened);

    const all = await sessions(rig);
    const numbers = all.map(({ session }) => session);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => 50 - index));
    expect(all.slice(40).map(({ session, ticket }) => [session, ticket])).toEqual(
      atWork.map(({ session, ticket }) => [session, ticket]),
    );
    expect(new Set(all.map(({ transcript }) => transcript)).size).toBe(50);
    for (const { ticket, transcript, log } of all) {
      expect(linesOf(log)).toEqual([`I am ${ticket}`]);
      expect(linesOf(transcript)).toEqual([expect.stringContaining(`"I am ${ticket}"`)]);
    }
  });

  test('001-5.3 001-5.5 001-4.6 each call tells its time, words, tokens, cost and last words; a later run numbers on', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([
      {
        id: 'A',
        tasks: [
          {
            ...{ id: 'one', type: 'generic', description: 'Mend it', status: 'UNPROCESSED' },
            validation_script: 'test -e mended.txt',
          },
        ],
      },
      { id: 'B' },
      { id: '7' },
    ]);
    await rig.config();
    const usage = { costUsd: 0.25, inputTokens: 90, outputTokens: 12 };
    await rig.script({
      'A#1': [{ write: { 'a.txt': 'a\n' } }, { print: 'one' }, { print: 'two' }, { usage }],
      'A#2': [{ write: { 'mended.txt': 'm\n' } }, { print: 'it is mended' }],
      B: [{ print: 'no paper left' }, { exit: 3 }],
    });
    const first = await rig.stream('--limit=2');
    const [b, mended, a, ...none] = [...(await sessions(rig))].sort(
      (one, other) => other.ticket.localeCompare(one.ticket) || other.round - one.round,
    );
    expect(none).toEqual([]);
    expect(a).toMatchObject({
      ...{ run: first.summary.run, ticket: 'A', attempt: 1, round: 1, agent: 'scripted' },
      ...{ state: 'completed', messages: 2, toolCalls: 0, response: 'two', costUsd: 0.25 },
      tokens: { input: 90, output: 12 },
    });
    expect(mended).toMatchObject({ round: 2, state: 'completed', response: 'it is mended' });
    expect(b).toMatchObject({
      state: 'error',
      messages: 1,
      failure: { code: 'agent/crashed', message: 'the agent ended with exit code 3' },
    });
    for (const { began, ended, ms } of [a!, mended!, b!]) {
      expect(Date.parse(ended!)).toBeGreaterThanOrEqual(Date.parse(began));
      expect(ms).toBeGreaterThan(0);
    }

    // By its number: that call alone.
    const second = await rig.run('logs', String(mended!.session));
    expect([second.stdout.trim(), second.stderr]).toEqual([
      'it is mended',
      expect.stringContaining('A#1, call 2'),
    ]);
    expect((await rig.run('logs', String(a!.session))).stdout).not.toContain('mended');
    expect((await rig.run('logs', String(a!.session), '--raw')).stdout).toMatch(/^one\ntwo\n/);
    expect((await rig.run('logs', '99')).code).toBe(2);

    // The next run goes on with the numbers, and a ticket called 7 is not the seventh session.
    await rig.script({ '7': [{ write: { 'c.txt': 'c\n' } }, { print: 'I am the ticket' }] });
    await rig.stream();
    const all = await sessions(rig);
    expect(all.map(({ session }) => session)).toEqual([4, 3, 2, 1]);
    expect((await sessions(rig, '--ticket=7')).map(({ session }) => session)).toEqual([4]);
    expect((await sessions(rig, `--run=${first.summary.run}`)).length).toBe(3);
    expect((await rig.run('logs', '7')).stdout).toContain('I am the ticket');
    const table = await rig.run('sessions');
    expect(table.stdout).toContain('agent/crashed: the agent ended with exit code 3');
    expect(table.stdout).toContain('→ sage logs 4');
  });

  test('001-5.4 a call that died with sage is never told as running; the next round is another session', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }]);
    await rig.config();
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.print('half way');
    await call.usage({ costUsd: 0.5 });
    const [atWork] = await until(
      async () => {
        const seen = await sessions(rig);
        return seen[0]?.costUsd === undefined ? undefined : seen;
      },
      20_000,
      () => 'the session has not told its cost',
    );
    expect(atWork).toMatchObject({ session: 1, state: 'running', response: 'half way' });
    expect(atWork).not.toHaveProperty('ended');
    run.signal('SIGKILL');
    await run.wait();
    const cutOff = {
      ...{ session: 1, state: 'cut off', response: 'half way', messages: 1, costUsd: 0.5 },
      ended: expect.any(String),
    };
    expect(await sessions(rig)).toEqual([expect.objectContaining(cutOff)]);
    await call.ended;

    await rig.script({ A: [{ write: { 'a.txt': 'a\n' } }] });
    expect((await rig.run('resume')).code).toBe(0);
    const [next, before, ...more] = await sessions(rig);
    expect(more).toEqual([]);
    expect(before).toMatchObject(cutOff);
    expect(next).toMatchObject({ session: 2, ticket: 'A', attempt: 1, state: 'completed' });
  });

  test('001-5.4 one that a person cancels is told as cancelled', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }]);
    await rig.config();
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    expect((await rig.run('cancel')).code).toBe(0);
    await call.ended;
    await run.wait();
    expect(await sessions(rig)).toEqual([expect.objectContaining({ state: 'cancelled' })]);
  });

  test('001-5.6 one that works longer than limits.ticketMinutes is ended and told as an error', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }]);
    await rig.config({ limits: { ticketMinutes: 0.02 } });
    await rig.script({ A: [{ print: 'begun' }, { hang: true }] });
    await rig.run('stream', '--auto');
    const [only] = await sessions(rig);
    expect(only).toMatchObject({
      ...{ state: 'error', response: 'begun' },
      failure: { code: 'agent/timed-out', message: expect.stringContaining('1.2 s') },
    });
    expect(existsSync(only?.log ?? '')).toBe(true);
  });
});
