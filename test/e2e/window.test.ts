import { describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { Rig } from '../rig/rig.js';

/** Checks as one shell line: what is said about a tree, with `$gate` a file that the test may write. */
const checking = (rig: Rig, script: string) => `gate=${rig.places.home}/gate; ${script}`;
/** Until the gate is there. */
const HOLD = 'until test -e $gate; do sleep 0.05; done';
const open = (rig: Rig) => rig.write({ '../home/gate': '' });

const close = (rig: Rig) => rm(`${rig.places.home}/gate`);

/** Starts with the gate open, so that the base passes, and shuts it then. */
async function start(rig: Rig) {
  await open(rig);
  const run = rig.start('stream', '--auto', '--parallel=3');
  await rig.event('base.checked');
  await close(rig);
  return run;
}

/** All agents are at work on the same base before the first of them ends; they end in this order. */
async function finish(rig: Rig, files: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const calls = new Map<string, Awaited<ReturnType<typeof rig.agent.for>>>();
  for (const ticket of Object.keys(files)) calls.set(ticket, await rig.agent.for(ticket));
  for (const [ticket, content] of Object.entries(files)) {
    await calls.get(ticket)?.succeed(content);
    await rig.event('landing.queued', (event) => event.ticket === ticket);
  }
}

async function three(rig: Rig, script: string, more: object = {}) {
  await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
  await rig.config({ verify: [checking(rig, script)], land: { slots: 3, ...more } });
}

const landed = (rig: Rig) =>
  rig
    .journal()
    .flatMap((event) => (event.type === 'landing.landed' ? [event.ticket as string] : []));
const own = { A: { 'A.txt': 'a\n' }, B: { 'B.txt': 'b\n' }, C: { 'C.txt': 'c\n' } };

describe('a window of verifications', () => {
  test('002-4.4 a red one in the middle of three is rejected alone; what stood on it is verified without it', async () => {
    await using rig = await Rig.create();
    await three(rig, `${HOLD}; test ! -e B.txt`);
    const run = await start(rig);
    await finish(rig, own);
    const open3 = await rig.event('landing.check-started', ({ ticket }) => ticket === 'C');
    expect(open3.type).toBe('landing.check-started');
    await open(rig);
    expect((await run.wait()).code).toBe(1);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'DEFERRED', C: 'COMPLETED' });
    expect(landed(rig)).toEqual(['A', 'C']);
    const behind = rig.journal().find((event) => event.type === 'landing.bounced');
    expect(behind).toMatchObject({ ticket: 'C', why: 'behind' });
    expect((await rig.run('verify-run')).code).toBe(0);
    // Three were verified side by side, each in a lane of its own.
    const lanes = rig
      .journal()
      .flatMap(({ opens }) => (opens?.kind === 'checks.run' ? [opens.lane] : []));
    expect(new Set(lanes)).toEqual(new Set(['check-1', 'check-2', 'check-3']));
  });

  test('checks that were overtaken are ended with all their processes, at once', async () => {
    await using rig = await Rig.create();
    // A is red once the gate is open; whatever stands on it would be checked for a quarter of an hour.
    await three(rig, `test ! -e A.txt || { test ! -e B.txt || sleep 900; ${HOLD}; exit 1; }`);
    const run = await start(rig);
    await finish(rig, own);
    await rig.event('landing.check-started', ({ ticket }) => ticket === 'C');
    await open(rig);
    expect((await run.wait()).code).toBe(1);
    expect(landed(rig)).toEqual(['B', 'C']);
    const stopped = rig.journal().filter(({ type }) => type === 'landing.check-cancelled');
    expect(stopped.map((event) => ('ticket' in event ? event.ticket : ''))).toEqual(
      expect.arrayContaining(['B', 'C']),
    );
    expect(rig.processes()).toEqual([]);
  });

  test('002-4.4 a conflict with something unlanded is no verdict: it waits, what is disjoint goes ahead', async () => {
    await using rig = await Rig.create({ files: { 'line.txt': 'base\n' } });
    await three(rig, HOLD);
    const run = await start(rig);
    await finish(rig, {
      A: { 'line.txt': 'A\n' },
      B: { 'line.txt': 'B\n' },
      C: { 'C.txt': 'c\n' },
    });
    const aside = await rig.event('landing.set-aside', ({ ticket }) => ticket === 'B');
    expect(aside).toMatchObject({ behind: 'A', files: ['line.txt'] });
    await rig.event('landing.check-started', ({ ticket }) => ticket === 'C');
    await open(rig);
    const again = await rig.agent.for('B');
    expect(again.prompt).toContain('line.txt');
    expect(await again.shell('cat line.txt')).toBe('A\n');
    await again.succeed({ 'line.txt': 'A and B\n' });
    expect((await run.wait()).code).toBe(0);
    expect(landed(rig)).toEqual(['A', 'C', 'B']);
  });

  test('002-4.1 002-4.7 killed with a full window: the next start verifies and lands all of it, once', async () => {
    await using rig = await Rig.create();
    await three(rig, HOLD);
    const run = await start(rig);
    await finish(rig, own);
    await rig.event('landing.check-started', ({ ticket }) => ticket === 'C');
    run.signal('SIGKILL');
    await run.wait();
    await open(rig);
    const next = await rig.run('stream', '--auto', '--parallel=3');
    expect(next.code).toBe(0);
    expect(rig.calls()).toHaveLength(3);
    expect(landed(rig)).toEqual(['A', 'B', 'C']);
    const log = await rig.git('log', '--all', '--format=%(trailers:key=Land-Id,valueonly)');
    for (const ticket of ['A', 'B', 'C']) expect(log.split(`/${ticket}\n`)).toHaveLength(2);
  });

  test('land.verify tips: a batch is verified at its end only and lands by one move, a commit for each ticket', async () => {
    await using rig = await Rig.create();
    await three(rig, 'echo $SAGE_LANE >> $gate.runs', { verify: 'tips' });
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const run = await rig.run('stream', '--auto', '--parallel=3', '--schedule=batch');
    expect(run.code).toBe(0);
    expect(rig.read('../home/gate.runs').trim().split('\n')).toHaveLength(2); // the base, and the batch
    expect([...landed(rig)].sort()).toEqual(['A', 'B', 'C']);
    expect((await rig.run('verify-run')).code).toBe(0);
    expect(rig.journal().filter(({ type }) => type === 'landing.moving')).toHaveLength(1);
    const [branch] = (
      await rig.git('for-each-ref', '--format=%(refname)', 'refs/heads/sage/')
    ).split('\n');
    for (const ticket of ['A', 'B', 'C']) {
      const commit = rig
        .journal()
        .flatMap((event) =>
          event.type === 'landing.landed' && event.ticket === ticket ? [event.commit] : [],
        );
      expect(await rig.git('diff', '--name-only', `${commit[0]!}^`, commit[0]!)).toBe(
        `${ticket}.txt`,
      );
      expect(await rig.filesOf(branch!)).toContain(`${ticket}.txt`);
    }
  });

  test('checks yield the CPU to agents', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }]);
    await rig.config({ verify: [checking(rig, 'nice > $gate.nice')] });
    await rig.script({ '*': [{ write: { 'a.txt': 'x\n' } }] });
    const mine = await rig.shell('nice');
    expect((await rig.run('stream', '--auto')).code).toBe(0);
    expect(Number(rig.read('../home/gate.nice'))).toBe(Math.min(19, Number(mine.stdout) + 5));
  });
});
