import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../lib/model/plan.js';
import type { Validation } from '../../lib/model/validation-schema.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';
import { listed, read } from './indexes.js';

const INDEX = '.sage/tickets/index.json';

/** A checkout with a real index and an agent that writes one file of its own for each ticket. */
async function checkout(file: string): Promise<Rig> {
  const rig = await Rig.create();
  const work =
    'cat > /dev/null; mkdir -p work && printf "%s\\n" "$SAGE_TICKET" > "work/$SAGE_TICKET.txt"';
  const quick = { kind: 'command', command: ['sh', '-c', work], prompt: 'stdin' };
  await rig.write({ [INDEX]: read(file) });
  await rig.config({ agent: 'quick', agents: { quick } });
  return rig;
}

describe.each(listed)('the real index $file', ({ file, tickets, states }) => {
  const of = (state: string) => states[state] ?? 0;

  test('is validated without an error, counted as it is, and told in a page; nothing is changed', async () => {
    await using rig = await checkout(file);
    const before = rig.snapshot();
    const json = await rig.run('validate', '--json');
    const told = JSON.parse(json.stdout) as Validation;
    const serious = told.findings.filter(({ severity }) => /error|critical/.test(severity));
    expect(serious).toEqual([]);
    // Every one of them leaves out fields that upstream's validator demands: 2 says warnings and nothing worse.
    expect([json.code, told.exitCode, told.counts.errors]).toEqual([2, 2, 0]);
    expect(told.tickets).toMatchObject({
      total: tickets,
      unprocessed: of('UNPROCESSED'),
      inProgress: of('IN_PROGRESS'),
      completed: of('COMPLETED'),
      deferred: of('DEFERRED'),
    });
    const text = await rig.run('validate');
    expect([text.code, text.stderr]).toEqual([2, '']);
    expect(text.stdout).toContain(`${tickets} tickets: ${of('UNPROCESSED')} UNPROCESSED`);
    expect(text.stdout.split('\n').length).toBeLessThan(50);
    expect(rig.snapshot()).toEqual(before);
    expect(rig.read(INDEX)).toBe(read(file));
  });

  test('is planned by a dry run: all open tickets are in it, the rest of them done; nothing is changed', async () => {
    await using rig = await checkout(file);
    const before = rig.snapshot();
    const json = await rig.run('stream', '--dry-run', '--json');
    expect([json.code, json.stderr]).toEqual([0, '']);
    const plan = JSON.parse(json.stdout) as Plan;
    const containers = plan.containers.filter(({ id }) => rig.states()[id] === 'UNPROCESSED');
    expect(plan.counts).toMatchObject({ total: tickets, completed: of('COMPLETED') });
    expect(plan.counts.open + containers.length).toBe(of('UNPROCESSED'));
    expect(plan.cycles).toEqual([]);
    expect(new Set(plan.batches.flat()).size).toBe(plan.counts.runnable);
    // A ticket that does not run says why; only work that somebody else holds keeps these back.
    const blocked = plan.tickets.filter(({ batch }) => batch === undefined);
    expect(blocked.filter(({ blockedBy }) => blockedBy.length === 0)).toEqual([]);
    if (of('IN_PROGRESS') === 0) expect(blocked).toEqual([]);
    const text = await rig.run('stream', '--dry-run');
    expect([text.code, text.stderr]).toEqual([0, '']);
    if (plan.counts.runnable > 0) {
      expect(text.stdout).toContain(`${plan.counts.runnable} tickets to run`);
    }
    expect(rig.snapshot()).toEqual(before);
    expect(rig.read(INDEX)).toBe(read(file));
  });
});

test('a run takes the 168 open tickets of AgentCore to the end with four agents; index, commits and summary agree', async () => {
  await using rig = await checkout('Mathews-Tom__AgentCore@9edfba6.json');
  const before = rig.index();
  const open = Object.values(before).filter(({ state }) => state === 'UNPROCESSED');
  expect(open).toHaveLength(168);

  const run = rig.start('stream', '--auto', '--json', '--parallel=4');
  const { code, summary } = readStreamEnd(await run.wait(280_000));
  expect([code, summary.exitCode, summary.slots.used]).toEqual([0, 0, 4]);
  expect([summary.deferred, summary.blocked, summary.pending]).toEqual([[], [], []]);
  const landed = summary.landed.map(({ id }) => id);
  expect(new Set(landed).size).toBe(landed.length);
  expect([...landed, ...summary.containers].sort()).toEqual(open.map(({ id }) => id).sort());
  expect(summary.containers).toHaveLength(7);

  // Each landed with one commit of its own, which holds its work and nothing else.
  const format = '--format=%x1e%H %(trailers:key=Closes,valueonly,separator=%x2C)';
  const log = await rig.git('log', '--reverse', '--name-only', format, `main..${summary.branch}`);
  const commits = log.split('\x1e').slice(1);
  const closing = commits.flatMap((commit) => {
    const [, oid = '', closes = ''] = /^(\w+) (.*)/.exec(commit) ?? [];
    return closes === '' ? [] : [{ oid, closes, files: commit.trim().split('\n').slice(2) }];
  });
  const byCommit = (one: { oid: string }, other: { oid: string }) => (one.oid < other.oid ? -1 : 1);
  expect(closing.sort(byCommit)).toEqual(
    summary.landed
      .map(({ id, commit }) => ({
        oid: commit,
        closes: `#${id}`,
        files: [`work/${id}.txt`],
      }))
      .sort(byCommit),
  );
  // One commit more, as the index is tracked: that of the states.
  expect(commits).toHaveLength(closing.length + 1);

  expect(Object.values(rig.states()).every((state) => state === 'COMPLETED')).toBe(true);
  expect(Object.keys(rig.index())).toEqual(Object.keys(before));
  expect(await rig.git('show', `${summary.branch}:${INDEX}`)).toBe(rig.read(INDEX).trimEnd());
  expect(await rig.git('rev-parse', summary.branch)).toBe(summary.tip);
  expect((await rig.run('stream', '--dry-run')).stdout).toContain(
    'Nothing can run: 0 open, 344 of 344 completed',
  );
}, 300_000);
