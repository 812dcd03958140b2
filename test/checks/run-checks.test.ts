import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChecksDeps } from '../../lib/checks/checks-deps.js';
import { createChecksRun } from '../../lib/checks/run-checks.js';
import { openVerdictCache } from '../../lib/checks/verdict-cache.js';
import { createGit } from '../../lib/git/git.js';
import type { EventDraft } from '../../lib/model/event.js';
import { failed, success } from '../../lib/model/failure.js';
import { oid, runId, ticketId, type Oid } from '../../lib/model/ids.js';
import type { ChecksRun } from '../../lib/model/intent.js';
import { processesOf } from '../rig/processes.js';
import { clock, createCheckWorld, type CheckWorld } from './world.js';

let world: CheckWorld;
let lane: string;
let lanesMade: Oid[];
beforeEach(async () => {
  world = await createCheckWorld();
  lane = join(world.root, 'lane');
  lanesMade = [];
  await mkdir(lane);
  git('init -q -b main && git config user.name A && git config user.email a@b');
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** Runs `git …` in the lane, through a shell. */
const git = (line: string) =>
  execFileSync('sh', ['-c', `git ${line}`], {
    cwd: lane,
    env: world.env,
    encoding: 'utf8',
  }).trim();

async function commit(text: string): Promise<{ commit: Oid; tree: Oid }> {
  await writeFile(join(lane, 'code.txt'), text);
  git('add -A && git commit -q --allow-empty -m change');
  return { commit: oid(git('rev-parse HEAD')), tree: oid(git('rev-parse HEAD^{tree}')) };
}

async function checks(commands: readonly string[], more: Partial<ChecksDeps> = {}) {
  const { runProcess, env, runDirectory, root } = world;
  return createChecksRun({
    ...{ runProcess, env, runDirectory, clock, commands },
    git: createGit(env),
    verificationLane: (_name, wanted) => {
      lanesMade.push(wanted);
      git(`checkout -q -f --detach ${wanted}`);
      return Promise.resolve(success({ path: lane, env: { SAGE_PORT_BASE: '4000' } }));
    },
    basis: () => Promise.resolve([]),
    baseline: () => [],
    limitMs: 20_000,
    run: runId('run-1'),
    verdicts: await openVerdictCache(join(root, 'verdicts'), 'run-1'),
    ...more,
  });
}

const landing = (at: { commit: Oid; tree: Oid }, key = 'checks/T-1/1'): ChecksRun => ({
  kind: 'checks.run',
  purpose: 'landing',
  ticket: ticketId('T-1'),
  key,
  ...at,
});

function verdictOf([event]: readonly EventDraft[]) {
  if (event?.type !== 'landing.verified') throw new Error(`unexpected ${JSON.stringify(event)}`);
  return event.verdict;
}

describe("the project's checks", () => {
  test('002-8.3 they run in order on exactly the commit that would land, with their logs kept', async () => {
    const at = await commit('good');
    await commit('later');
    const effect = await checks(['echo "$SAGE_PORT_BASE" && cat code.txt', 'test -f code.txt']);
    const events = await effect.perform(landing(at), world.cancel.signal);
    expect(events[0]?.closes).toBe('checks/T-1/1');
    const verdict = verdictOf(events);
    expect(verdict).toMatchObject({ colour: 'green', tree: at.tree, cached: false });
    expect(verdict.results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
    const log = join(world.runDirectory, verdict.results[0]?.log ?? '');
    expect(await world.read(log)).toBe('4000\ngood');
    expect(lanesMade).toEqual([at.commit]);
  });

  test('a red command is tried once more, then the rest is not run', async () => {
    const at = await commit('bad');
    const effect = await checks(['echo try >> ../tries; exit 7', 'touch ../never']);
    const verdict = verdictOf(await effect.perform(landing(at), world.cancel.signal));
    expect(verdict.colour).toBe('red');
    expect(verdict.results).toMatchObject([{ outcome: 'failed', exitCode: 7, flaky: false }]);
    expect(await world.read(join(world.root, 'tries'))).toBe('try\ntry\n');
    expect(await world.logs()).toHaveLength(2);
  });

  test('a command that passes when tried again is green and flaky', async () => {
    const at = await commit('sometimes');
    const effect = await checks(['test -f ../once || { touch ../once; exit 1; }']);
    const verdict = verdictOf(await effect.perform(landing(at), world.cancel.signal));
    expect(verdict).toMatchObject({ colour: 'green', results: [{ flaky: true }] });
  });

  test('an identical tree is never checked twice, whatever the commit, the run and the moment', async () => {
    const first = await commit('same');
    const second = await commit('same');
    expect(second.commit).not.toBe(first.commit);
    const effect = await checks(['echo ran >> ../count']);
    const { signal } = world.cancel;
    const both = await Promise.all([
      effect.perform(landing(first), signal),
      effect.perform(landing(second, 'checks/T-2/2'), signal),
    ]);
    expect(both.map((events) => verdictOf(events).cached)).toEqual([false, true]);
    const later = await checks(['echo ran >> ../count']);
    expect(verdictOf(await later.perform(landing(first), signal)).cached).toBe(true);
    expect(await world.read(join(world.root, 'count'))).toBe('ran\n');
    const others = await checks(['echo ran >> ../count', 'true']);
    expect(verdictOf(await others.perform(landing(first), signal)).cached).toBe(false);
  });

  test('red is remembered within a run, but a later run looks again', async () => {
    const at = await commit('red');
    const command = 'echo ran >> ../count; exit 1';
    const { signal } = world.cancel;
    const effect = await checks([command]);
    expect(verdictOf(await effect.perform(landing(at), signal)).cached).toBe(false);
    expect(verdictOf(await effect.perform(landing(at), signal)).cached).toBe(true);
    const later = await checks([command]);
    expect(verdictOf(await later.perform(landing(at), signal)).cached).toBe(false);
    expect(await world.read(join(world.root, 'count'))).toBe('ran\n'.repeat(4));
  });

  test('no commands: green at once, without a lane', async () => {
    const at = await commit('x');
    const effect = await checks([]);
    const verdict = verdictOf(await effect.perform(landing(at), world.cancel.signal));
    expect(verdict).toMatchObject({ colour: 'green', results: [] });
    expect(lanesMade).toEqual([]);
  });

  test('trouble with the lane bounces the landing and is not a red verdict', async () => {
    const at = await commit('x');
    const failure = { code: 'lane/setup-failed', message: 'npm ci failed' } as const;
    const effect = await checks(['true'], {
      verificationLane: () => Promise.resolve(failed(failure)),
    });
    const { signal } = world.cancel;
    expect(await effect.perform(landing(at), signal)).toEqual([
      { type: 'landing.bounced', ticket: 'T-1', why: 'failed', failure, closes: 'checks/T-1/1' },
    ]);
    const base: ChecksRun = { kind: 'checks.run', purpose: 'base', key: 'base', ...at };
    expect(await effect.perform(base, signal)).toEqual([
      { type: 'base.checked', failure, closes: 'base' },
    ]);
  });

  test('a lane that stands elsewhere is refused: nothing but the tree that lands is checked', async () => {
    const at = await commit('wanted');
    await commit('other');
    const effect = await checks(['touch ../ran'], {
      verificationLane: () => Promise.resolve(success({ path: lane, env: {} })),
    });
    const [event] = await effect.perform(landing(at), world.cancel.signal);
    expect(event).toMatchObject({ type: 'landing.bounced', failure: { code: 'lane/not-created' } });
    await expect(world.read(join(world.root, 'ran'))).rejects.toThrow('ENOENT');
  });

  test('a check that rewrites tracked files is told, and its verdict stands', async () => {
    const at = await commit('x');
    const effect = await checks(['echo formatted > code.txt']);
    const verdict = verdictOf(await effect.perform(landing(at), world.cancel.signal));
    expect(verdict.colour).toBe('green');
    expect(verdict.results[0]?.notes).toEqual([
      'the checks changed 1 tracked file(s), which are not landed: code.txt',
    ]);
  });

  test('a check that hangs is ended with its children and counts as red', async () => {
    const at = await commit('x');
    const effect = await checks(['sleep 300 & wait'], { limitMs: 300 });
    const verdict = verdictOf(await effect.perform(landing(at), world.cancel.signal));
    expect(verdict).toMatchObject({ colour: 'red', results: [{ outcome: 'timed-out' }] });
    expect(processesOf(world.root)).toEqual([]);
  });

  test('cancelling ends the check, is not a verdict and can be taken up again', async () => {
    const at = await commit('x');
    const { runProcess, cancel } = world;
    const command = 'test -f ../again || { echo started; touch ../again; sleep 300; }';
    const effect = await checks([command], {
      runProcess: (spec) =>
        runProcess({
          ...spec,
          onLine: () => {
            cancel.abort();
          },
        }),
    });
    const [event] = await effect.perform(landing(at), cancel.signal);
    expect(event).toMatchObject({ type: 'landing.check-cancelled', closes: 'checks/T-1/1' });
    expect(processesOf(world.root)).toEqual([]);
    const resumed = await effect.reconcile(landing(at), new AbortController().signal);
    expect(verdictOf(resumed)).toMatchObject({ colour: 'green', cached: false });
  });
});
