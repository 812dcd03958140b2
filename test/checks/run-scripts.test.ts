import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createScriptsRun } from '../../lib/checks/run-scripts.js';
import type { EventDraft } from '../../lib/model/event.js';
import { failed, success } from '../../lib/model/failure.js';
import { attemptAddress, laneName, oid, runId, ticketId } from '../../lib/model/ids.js';
import type { ScriptsRun } from '../../lib/model/intent.js';
import type { TicketScript } from '../../lib/model/ticket.js';
import { processesOf } from '../rig/processes.js';
import { createCheckWorld, type CheckWorld } from './world.js';

let world: CheckWorld;
beforeEach(async () => {
  world = await createCheckWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const script = (name: string, command: string, more: Partial<TicketScript> = {}): TicketScript => ({
  name,
  command,
  timeoutMs: 20_000,
  retries: 0,
  autoFix: false,
  maxFixes: 0,
  ...more,
});

const intent = (...scripts: TicketScript[]): ScriptsRun => ({
  kind: 'scripts.run',
  key: 'scripts/T-1#1/1',
  lane: laneName(1),
  attempt: attemptAddress(ticketId('T-1'), 1),
  ticket: ticketId('T-1'),
  work: oid('0'.repeat(40)),
  scripts,
});

async function run(...scripts: TicketScript[]) {
  const { runProcess, env, runDirectory, root, cancel } = world;
  const lane = () => Promise.resolve(success({ path: root, env: { SAGE_LANE: 'lane-1' } }));
  const effect = createScriptsRun({ runProcess, env, runDirectory, run: runId('run-1'), lane });
  return finished(await effect.perform(intent(...scripts), cancel.signal));
}

function finished(events: readonly EventDraft[]) {
  expect(events).toHaveLength(1);
  const [event] = events;
  if (event?.type !== 'scripts.finished') throw new Error(`unexpected ${event?.type}`);
  expect(event.closes).toBe('scripts/T-1#1/1');
  return event;
}

describe("a ticket's own scripts", () => {
  test('002-8.3 they run in order in the lane, and a failed one does not hide the rest', async () => {
    const { results, failure } = await run(
      script('unit', 'echo "$SAGE_LANE" > order; echo fine'),
      script('state', 'echo second >> order; echo broken >&2; exit 3'),
      script('route', 'echo third >> order'),
    );
    expect(results.map(({ name, outcome, exitCode }) => [name, outcome, exitCode])).toEqual([
      ['unit', 'passed', 0],
      ['state', 'failed', 3],
      ['route', 'passed', 0],
    ]);
    expect(failure).toBeUndefined();
    expect(await world.read(join(world.root, 'order'))).toBe('lane-1\nsecond\nthird\n');
    expect(results[1]?.tail).toContain('broken');
    expect(await world.read(join(world.runDirectory, results[1]?.log ?? ''))).toContain('broken');
  });

  test('002-8.3 a success pattern is a regular expression, else plain text, and colours do not hide it', async () => {
    const { results } = await run(
      script('expression', 'echo "7 passed, 0 failed"', {
        successPattern: '\\d+ passed, 0 failed$',
      }),
      script('coloured', String.raw`printf '\033[32m7\033[0m passed'`, {
        successPattern: '^7 passed',
      }),
      script('plain', 'echo "ok (all)"', { successPattern: 'ok (all)' }),
      script('invalid', 'echo "a(b"', { successPattern: 'a(b' }),
      script('missing', 'echo "6 passed, 1 failed"', { successPattern: '0 failed' }),
      script('red', 'echo "0 failed"; exit 1', { successPattern: '0 failed' }),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'passed',
      'passed',
      'passed',
      'passed',
      'failed',
      'failed',
    ]);
    expect(results[4]?.exitCode).toBe(0);
    expect(results[4]?.notes).toEqual(['it ended with 0, but its output lacks "0 failed"']);
  });

  test('an expression that backtracks for ever counts as missing after a while', async () => {
    const { results } = await run(
      script('slow', `echo "${'a'.repeat(60)}!"`, { successPattern: '^(a+)+$' }),
    );
    expect(results[0]?.outcome).toBe('failed');
  });

  test('002-8.3 retries are used up before a script counts as failed, and a late pass is flaky', async () => {
    const { results } = await run(
      script('late', 'echo x >> tries; test $(wc -l < tries) -ge 3', { retries: 2 }),
      script('never', 'echo x >> nevers; exit 1', { retries: 1 }),
    );
    expect(results.map(({ outcome, flaky }) => [outcome, flaky])).toEqual([
      ['passed', true],
      ['failed', false],
    ]);
    expect(await world.read(join(world.root, 'nevers'))).toBe('x\nx\n');
    expect(await world.logs()).toHaveLength(5);
  });

  test('a script that runs too long is ended with its children', async () => {
    const { results } = await run(script('hang', 'sleep 300 & wait', { timeoutMs: 300 }));
    expect(results[0]?.outcome).toBe('timed-out');
    expect(processesOf(world.root)).toEqual([]);
  });

  test('a lane that is gone is not the fault of the ticket', async () => {
    const { runProcess, env, runDirectory, cancel } = world;
    const failure = { code: 'lane/not-created', message: 'the lane is gone' } as const;
    const effect = createScriptsRun({
      ...{ runProcess, env, runDirectory, run: runId('run-1') },
      lane: () => Promise.resolve(failed(failure)),
    });
    const event = finished(await effect.perform(intent(script('unit', 'true')), cancel.signal));
    expect(event.failure).toEqual(failure);
    expect(event.results.map(({ outcome }) => outcome)).toEqual(['not-started']);
  });

  test('a cancelled run ends the script and starts no other', async () => {
    const { runProcess, env, runDirectory, root, cancel } = world;
    const effect = createScriptsRun({
      ...{ env, runDirectory, run: runId('run-1') },
      lane: () => Promise.resolve(success({ path: root, env: {} })),
      runProcess: (spec) =>
        runProcess({
          ...spec,
          onLine: () => {
            cancel.abort();
          },
        }),
    });
    const scripts = intent(
      script('first', 'echo started; sleep 300'),
      script('second', 'touch it'),
    );
    const event = finished(await effect.perform(scripts, cancel.signal));
    expect(event.failure?.code).toBe('run/cancelled');
    expect(event.results.map(({ outcome }) => outcome)).toEqual(['not-started', 'not-started']);
    expect(existsSync(join(root, 'it'))).toBe(false);
  });
});
