import { describe, expect, test } from '@jest/globals';
import type { FinishedCall } from '../rig/calls.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';

const IDS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
const KEYS = { KEY_ONE: 'sk-first-0123456789', KEY_TWO: 'sk-other-9876543210' };
const WORK = [{ write: { '{ticket}.txt': 'done\n' } }];

/** Eight tickets and an agent that has two keys. */
async function withKeys(): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.tickets(IDS.map((id) => ({ id })));
  Object.assign(rig.env, KEYS);
  await rig.config({
    credentials: { scripted: { variable: 'AGENT_KEY', from: { environment: Object.keys(KEYS) } } },
  });
  return rig;
}

/** Starts it with four slots. */
const startWide = (rig: Rig) => rig.start('stream', '--auto', '--json', '--parallel=4');

/** The most programs of agents that lived at once. */
function mostAtOnce(calls: readonly FinishedCall[]): number {
  return Math.max(
    ...calls.map(
      ({ startedAt }) =>
        calls.filter((one) => one.startedAt <= startedAt && (one.endedAt ?? Infinity) > startedAt)
          .length,
    ),
  );
}

describe('two keys and four workers', () => {
  test('003-6.7 003-7.10 003-7.12 003-8.5 X9 X28 two at a time, a 429 in mid-run goes on with the other key, and all eight land', async () => {
    await using rig = await withKeys();
    await rig.script({
      ...Object.fromEntries(IDS.slice(2).map((id) => [id, WORK])),
      'C#1': [
        { write: { 'half.txt': 'half\n' } },
        { print: '{"sage":"rate-limited","message":"429"}' },
        { exit: 1 },
      ],
    });
    const run = startWide(rig);
    const both = [await rig.agent.for('A'), await rig.agent.for('B')];
    await rig.event('credential.lacked');
    for (const call of both) await call.succeed({ [`${call.ticket}.txt`]: 'done\n' });
    const { events, summary } = readStreamEnd(await run.wait());
    expect(summary.exitCode).toBe(0);
    expect(summary.landed.map(({ id, attempts }) => `${id} ${attempts}`).sort()).toEqual(
      IDS.map((id) => `${id} 1`),
    );
    expect(mostAtOnce(rig.calls())).toBe(2);
    expect(rig.calls().filter(({ ticket }) => ticket === 'C')).toHaveLength(2);
    expect(rig.calls().findLast(({ ticket }) => ticket === 'C')?.prompt).toContain(
      'You were interrupted',
    );
    // What it had done when it was refused is part of what landed.
    expect(await rig.filesOf('HEAD')).toEqual(
      expect.arrayContaining(['half.txt', ...IDS.map((id) => `${id}.txt`)]),
    );
    expect(events.find(({ type }) => type === 'credential.cooled')).toMatchObject({
      agent: 'scripted',
      code: 'agent/rate-limited',
    });
    expect(events.find(({ type }) => type === 'credential.lacked')).toMatchObject({
      running: 2,
      slots: 4,
      why: 'exhausted',
    });
    expect(summary.lost.keysMs).toBeGreaterThan(0);
  });

  test('003-7.13 002-7.4 killed while both keys are leased: who resumes the run has both, and all eight land', async () => {
    await using rig = await withKeys();
    const run = startWide(rig);
    await rig.agent.next();
    await rig.agent.next();
    const { keys } = (await rig.event('credential.lacked')).why;
    expect(keys).toEqual(['key-1 is in use', 'key-2 is in use']);
    const status = JSON.parse((await rig.run('status', '--json')).stdout) as object;
    expect(status).toMatchObject({ slots: 4, atOnce: 2 });
    run.signal('SIGKILL');
    await run.wait();
    await rig.script({ '*': WORK });
    const { summary } = readStreamEnd(await rig.run('resume', '--json'));
    expect(summary.exitCode).toBe(0);
    expect(summary.landed).toHaveLength(8);
    const ended = rig.calls().filter(({ endedAt }) => endedAt !== undefined);
    expect(mostAtOnce(ended)).toBeLessThanOrEqual(2);
  });

  test('003-7.11 003-7.5 an account that is used up, without keys of its own: the first such call drains the run, with 4', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets(IDS.map((id) => ({ id })));
    await rig.program(
      'claude',
      `case "$*" in *--version*) echo 2.1.0;; *) cat >/dev/null; echo '{"type":"result","subtype":"success","is_error":true,"result":"Credit balance is too low","session_id":"s","api_error":"billing_error"}'; exit 1;; esac`,
    );
    await rig.config({ agent: 'claude', agents: {} });
    const { summary } = await rig.stream('--parallel=1');
    expect(summary).toMatchObject({
      exitCode: 4,
      deferred: [],
      stoppedBy: { by: 'credentials', failure: { code: 'agent/quota-gone' } },
    });
    expect(summary.pending).toHaveLength(8);
    expect(rig.journal().filter(({ type }) => type === 'agent.called')).toHaveLength(1);
    expect(new Set(Object.values(rig.states()))).toEqual(new Set(['UNPROCESSED']));
  });
});
