import { describe, expect, test } from '@jest/globals';
import { commitMessage } from '../../lib/plan/commit-message.js';
import { estimator } from '../../lib/plan/estimate.js';
import { parallelPotential } from '../../lib/plan/parallel-potential.js';
import { runTickets } from '../../lib/plan/run-tickets.js';
import { chooseSlots } from '../../lib/plan/slots.js';
import { planOf, ticket } from './tickets.js';

describe('slots', () => {
  test.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [8, 4],
    [16, 8],
    [64, 8],
  ])('002-5.2 auto with %i CPUs is %i', (cpus, slots) => {
    expect(chooseSlots('auto', cpus, 100)).toMatchObject({ slots, requested: 'auto' });
  });

  test('003-7.7 002-5.1 002-5.3 a number is taken as it is, capped at 10 and at the runnable tickets, saying so', () => {
    expect(chooseSlots(3, 1, 100)).toEqual({ slots: 3, requested: 3, because: ['--parallel=3'] });
    expect(chooseSlots(50, 1, 100)).toEqual({
      slots: 10,
      requested: 50,
      because: ['--parallel=50', 'capped at 10'],
    });
    expect(chooseSlots(5, 1, 2)).toEqual({
      slots: 2,
      requested: 5,
      because: ['--parallel=5', 'only 2 tickets can run'],
    });
    expect(chooseSlots('auto', 64, 1).because).toEqual([
      '64 CPUs / 2',
      'capped at 8',
      'only 1 ticket can run',
    ]);
  });

  test('0 and nothing asked for are sequential', () => {
    expect(chooseSlots(0, 8, 9)).toEqual({ slots: 1, requested: 0, because: ['sequential'] });
    expect(chooseSlots('sequential', 8, 9).slots).toBe(1);
  });
});

describe('estimates', () => {
  const sized = ticket('A-1', { effortPoints: 8, effortHours: 1 });
  const plain = ticket('A-2');
  const other = ticket('B-1');
  const known = new Map([sized, plain, other].map((one) => [one.id, one]));
  const took = (id: string, ...minutes: number[]) =>
    minutes.map((one) => ({ ticket: id, minutes: one }));

  test('size first, at 8 minutes for 3 points; else the default', () => {
    const estimate = estimator(known, []);
    expect(estimate(sized)).toEqual({ minutes: 21.3, from: 'effort' });
    expect(estimate(plain)).toEqual({ minutes: 8, from: 'default' });
    expect(estimate(ticket('A-3', { effortHours: 8 }))).toEqual({ minutes: 13.3, from: 'effort' });
    expect(estimate(ticket('A-4', { effortPoints: 4000 })).minutes).toBe(240);
    expect(estimate(ticket('A-5', { effortPoints: 0 })).from).toBe('default');
  });

  test('history: median of the component, else of all; it measures points, too; two are not enough', () => {
    const history = [...took('A-2', 5, 7, 30), ...took('B-1', 100), ...took('gone', 1, -3, NaN)];
    const estimate = estimator(known, history);
    expect(estimate(plain)).toEqual({ minutes: 7, from: 'history' });
    expect(estimate(other)).toEqual({ minutes: 7, from: 'history' });
    expect(estimator(known, took('B-1', 50, 50))(other).from).toBe('default');
    expect(estimator(known, took('A-1', 80, 80, 80))(ticket('C-1', { effortPoints: 1 }))).toEqual({
      minutes: 10,
      from: 'effort',
    });
  });
});

describe('commit messages', () => {
  test('kind by type, scope before the last hyphen, id and lower-cased title, body with documents', () => {
    const message = commitMessage(
      ticket('LLM-CLIENT-002', {
        title: 'Retry on Timeouts',
        documents: [{ role: 'spec', path: 'docs/spec.md' }],
      }),
    );
    expect(message).toBe(
      'feat(llm-client): #LLM-CLIENT-002 retry on timeouts\n\nTicket LLM-CLIENT-002: Retry on Timeouts\n\nDocuments:\n- spec: docs/spec.md',
    );
  });

  test.each([
    ['feature', 'feat'],
    ['bugfix', 'fix'],
    ['documentation', 'docs'],
    ['refactor', 'refactor'],
    ['test', 'test'],
    ['implementation', 'feat'],
    ['story', 'feat'],
  ])('a %s is a %s', (type, kind) => {
    expect(commitMessage(ticket('A-1', { type }))).toMatch(new RegExp(`^${kind}\\(a\\): #A-1 `));
  });

  test('hostile titles stay on one line, long ones are cut at a word, ids without a hyphen have no scope', () => {
    const hostile = commitMessage(
      ticket('A-1', { title: 'x\n\nCo-Authored-By: y\u0007\u001b[31m' }),
    );
    expect(hostile.split('\n')).toEqual([
      'feat(a): #A-1 x co-authored-by: y [31m',
      '',
      'Ticket A-1: x Co-Authored-By: y [31m',
    ]);
    const long = commitMessage(ticket('A-1', { title: 'word '.repeat(60) })).split('\n')[0]!;
    expect(long.length).toBeLessThanOrEqual(100);
    expect(long).toMatch(/word…$/);
    expect(commitMessage(ticket('ONE', { title: 'ONE' }))).toMatch(/^feat: #ONE\n/);
  });
});

test('run tickets are those of the batches, with agent, message and the scripts that are still to pass', () => {
  const script = {
    name: 's',
    command: 'true',
    timeoutMs: 1,
    retries: 0,
    autoFix: false,
    maxFixes: 0,
  };
  const step = { id: '1', description: '', type: '', files: [], script };
  const tickets = [
    ticket('A-1', { state: 'DEFERRED' }),
    ticket('A-2', { after: ['A-1'], files: ['x'] }),
    ticket('A-3', { files: ['x', 'y'], agent: 'mine', scripts: [script] }),
    ticket('A-4', {
      files: ['x'],
      subtasks: [
        { ...step, isDone: true },
        { ...step, isDone: false },
      ],
    }),
  ];
  const plan = planOf(tickets);
  const found = runTickets(plan, tickets, 'claude');
  expect(
    found.map(({ id, agent, conflictsWith, files, batch, order, scripts }) => [
      id,
      agent,
      conflictsWith,
      files,
      batch,
      order,
      scripts.length,
    ]),
  ).toEqual([
    ['A-3', 'mine', ['A-4'], ['x'], 1, 2, 1],
    ['A-4', 'claude', ['A-3'], ['x'], 2, 3, 1],
  ]);
  expect(found[0]!.message).toMatch(/^feat\(a\): #A-3 title of a-3\n/);
});

test('the parallel potential counts satisfied dependencies as met', () => {
  const done = ticket('A-1', { state: 'COMPLETED' });
  const after = (id: string, ...of: string[]) => ticket(id, { after: of });
  const potential = (...tickets: ReturnType<typeof ticket>[]) =>
    parallelPotential(planOf([done, ...tickets]));
  expect(potential(after('A-2', 'A-1'), after('A-3', 'A-2'))).toMatchObject({
    ready: 1,
    open: 2,
    percent: 50,
    workers: 3,
  });
  expect(potential(after('A-2', 'A-1'), after('A-3', 'A-2'), after('A-4', 'A-3'))).toMatchObject({
    percent: 33,
    workers: 2,
  });
  expect(potential(after('A-2', 'GONE'))).toMatchObject({ ready: 0, percent: 0, workers: 1 });
  expect(potential()).toMatchObject({ open: 0, percent: 0, workers: 1 });
});
