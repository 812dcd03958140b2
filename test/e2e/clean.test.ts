import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { verifyRun } from '../../lib/audit/verify-run.js';
import { carryOut, type CleaningPlace } from '../../lib/clean/clean-repository.js';
import { planCleaning } from '../../lib/clean/plan-cleaning.js';
import { createGit } from '../../lib/git/git.js';
import { openRepository } from '../../lib/git/repository.js';
import { cleaningSchema, type Cleaning } from '../../lib/model/cleaning-schema.js';
import { runId } from '../../lib/model/ids.js';
import { Rig } from '../rig/rig.js';

const CHECKED = { verify: ['test -d .'] };

/** A delivered run in which LANDS landed and FAILS left work that did not. */
async function afterRun(): Promise<{ rig: Rig; run: string; lanes: string }> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config(CHECKED);
  await rig.tickets([{ id: 'LANDS' }, { id: 'FAILS' }]);
  await rig.script({
    LANDS: [{ write: { 'a.txt': 'a\n' } }],
    FAILS: [{ write: { 'half.txt': 'half\n' } }, { exit: 3 }],
  });
  const { summary } = await rig.stream();
  const states = join(rig.env['XDG_STATE_HOME']!, 'sage');
  return { rig, run: summary.run, lanes: join(states, readdirSync(states)[0]!) };
}

async function clean(rig: Rig, ...flags: readonly string[]): Promise<Cleaning> {
  const { stdout, stderr, code } = await rig.run('clean', '--json', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  return cleaningSchema.parse(JSON.parse(stdout));
}

const listed = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

/** Everything that a cleaning may take, by kind and name. */
function inventory(rig: Rig, lanes: string): string[] {
  const sage = join(rig.gitDir, 'sage');
  const refs = (kind: string, cwd: string, ...prefixes: readonly string[]) =>
    execFileSync('git', ['--git-dir', cwd, 'for-each-ref', '--format=%(refname)', ...prefixes], {
      encoding: 'utf8',
      env: rig.env,
    })
      .split('\n')
      .filter(Boolean)
      .map((name) => `${kind} ${name}`);
  return [
    ...refs('branch', rig.gitDir, 'refs/heads/sage/'),
    ...refs('base pin', rig.gitDir, 'refs/sage/base/'),
    ...refs('depot ref', join(sage, 'depot.git'), 'refs/heads/sage/', 'refs/sage/'),
    ...refs('kept ref', join(sage, 'vault.git'), 'refs/sage/'),
    ...listed(join(sage, 'runs'))
      .flatMap(listed)
      .map((name) => `run files ${name}`),
    ...listed(join(sage, 'verdicts')).map((name) => `verdict ${name}`),
    ...listed(join(sage, 'depot.git/scratch')).map((name) => `scratch ${name}`),
    ...listed(lanes)
      .filter((name) => /(lane|check|verify)(-\d+)?$/.test(name))
      .map((name) => `lane ${name}`),
  ].filter((name) => !name.endsWith('cleaned.json'));
}

const named = ({ freed }: Cleaning) => freed.map(({ kind, name }) => `${kind} ${name}`).sort();
const without = (all: readonly string[], gone: readonly string[]) =>
  all.filter((one) => !gone.includes(one)).sort();

describe('sage clean', () => {
  test('takes nothing that was of use lately, and says what it keeps and how to bring it back', async () => {
    const { rig: made, run } = await afterRun();
    await using rig = made;
    const { freed, kept, bytes } = await clean(rig);
    expect([freed, bytes.freed]).toEqual([[], 0]);
    expect(kept).toContainEqual(
      expect.objectContaining({ name: 'FAILS', command: 'sage rescue FAILS' }),
    );
    expect(kept.find(({ name }) => name === 'FAILS')!.bytes).toBeGreaterThan(0);
    expect(kept).toContainEqual(
      expect.objectContaining({
        name: join(rig.gitDir, 'sage/runs', run),
        why: 'it is not old enough',
      }),
    );
    expect((await rig.run('clean')).stdout).toContain('There is nothing to free.');
  });

  test('001-3.5 --dry-run changes nothing and names exactly what a call removes; what did not land stays', async () => {
    const { rig: made, run, lanes } = await afterRun();
    await using rig = made;
    const before = inventory(rig, lanes);
    const checkout = rig.snapshot();
    const told = await clean(rig, '--dry-run', '--older-than=0');
    expect(inventory(rig, lanes)).toEqual(before);
    const done = await clean(rig, '--older-than=0');
    expect(done.freed.map(({ kind, name }) => [kind, name])).toEqual(
      told.freed.map(({ kind, name }) => [kind, name]),
    );
    expect(without(before, inventory(rig, lanes))).toEqual(named(told));
    expect(new Set(told.freed.map(({ kind }) => kind))).toEqual(
      new Set(['lane', 'verdict', 'run files', 'kept ref', 'depot ref', 'branch']),
    );
    expect(told.freed.filter(({ name }) => name.includes('FAILS/'))).toEqual([]);
    expect(rig.snapshot()).toEqual(checkout);

    // What the run said is still true, and what it kept can still be had.
    const verified = await rig.run('verify-run', run);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('cleaned on')]);
    expect((await rig.run('rescue', 'FAILS')).stdout).toContain('half.txt');
    expect((await clean(rig, '--older-than=0')).freed).toEqual([]);
  });

  test('002-7.1 kept work goes only when a later run landed its ticket, and then its base is let go', async () => {
    const { rig: made, lanes } = await afterRun();
    await using rig = made;
    await clean(rig, '--older-than=0');
    const unlanded = 'kept ref refs/sage/kept/';
    const hasKept = () => inventory(rig, lanes).some((name) => name.startsWith(unlanded));
    expect(hasKept()).toBe(true);
    const index = rig.read('.sage/tickets/index.json').replace('"DEFERRED"', '"UNPROCESSED"');
    await rig.write({ '.sage/tickets/index.json': index });
    await rig.git('commit', '--quiet', '--all', '--message', 'again');
    await rig.script({ FAILS: [{ write: { 'half.txt': 'whole\n' } }] });
    const { summary } = await rig.stream();
    expect(summary.landed.map(({ id }) => id)).toEqual(['FAILS']);
    const { freed, kept } = await clean(rig, '--older-than=0');
    expect(hasKept()).toBe(false);
    expect(freed.map(({ kind }) => kind)).toContain('base pin');
    expect(kept.filter(({ command }) => command?.startsWith('sage rescue'))).toEqual([]);
    expect(inventory(rig, lanes).filter((name) => !name.startsWith('run files'))).toEqual([]);
  });

  test('a run whose landed work no branch holds is left whole, however old or large', async () => {
    const { rig: made, run } = await afterRun();
    await using rig = made;
    rig.tolerate('claims'); // the test takes the delivery back
    await rig.git('reset', '--quiet', '--hard', 'HEAD~2');
    const { freed, kept, notes } = await clean(rig, '--older-than=0', '--max-size=1');
    expect(freed.filter(({ kind }) => kind !== 'lane' && kind !== 'verdict')).toEqual([]);
    expect(kept).toContainEqual(
      expect.objectContaining({
        name: join(rig.gitDir, 'sage/runs', run),
        command: `sage deliver ${run}`,
      }),
    );
    expect(notes.join()).toContain('the quota does not hold');
  });

  test('a quota takes younger things, too, the oldest first, and no more than it needs', async () => {
    const { rig: made } = await afterRun();
    await using rig = made;
    expect((await clean(rig, '--max-size=100G')).freed).toEqual([]);
    const all = await clean(rig, '--dry-run', '--max-size=0');
    const { before } = all.bytes;
    const some = await clean(rig, `--max-size=${before - 1}`);
    expect(some.freed.length).toBeGreaterThan(0);
    expect(some.bytes.freed).toBeLessThan(all.bytes.freed);
    expect(some.bytes.before - some.bytes.freed).toBeLessThan(before);
  });

  test('nothing is cleaned while a run lives here, and no lane of one that may go on', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }]);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.write({ 'a.txt': 'a\n' });
    for (const flags of [['--dry-run'], []]) {
      const refused = await rig.run('clean', ...flags);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('run/owned')]);
      expect(refused.stderr).toContain('sage stop');
    }
    run.signal('SIGKILL');
    await run.wait();
    const { freed, kept } = await clean(rig, '--older-than=0', '--max-size=0');
    expect(freed).toEqual([]);
    expect(kept.map(({ why }) => why)).toContainEqual(expect.stringContaining('sage resume'));
    await rig.script({ A: [{ write: { 'a.txt': 'a\n' } }] });
    expect((await rig.run('resume')).code).toBe(0);
  });

  test('001-3.11 002-7.1 what an agent left in an idle lane is kept before the lane goes', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    rig.tolerate('journal'); // the test damages it
    rig.tolerate('claims');
    await rig.config();
    await rig.tickets([{ id: 'A' }]);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.write({ 'precious.txt': 'only here\n' });
    const lane = call.cwd;
    run.signal('SIGKILL');
    await run.wait();
    const [directory = ''] = listed(join(rig.gitDir, 'sage/runs'));
    const events = join(directory, 'events.ndjson');
    writeFileSync(events, readFileSync(events, 'utf8').replace('run.planned', 'run.plannex'));
    expect((await rig.run('salvage', directory.slice(directory.lastIndexOf('/') + 1))).code).toBe(
      0,
    );
    const { freed, notes } = await clean(rig, '--older-than=0');
    expect(freed).toContainEqual(
      expect.objectContaining({
        kind: 'lane',
        name: lane,
        why: expect.stringContaining('A#1') as unknown,
      }),
    );
    expect(notes.join()).toContain('work of A#1 was kept');
    expect(existsSync(lane)).toBe(false);
    expect((await rig.run('rescue', 'A')).code).toBe(0);
    expect(await rig.git('show', 'rescue/A:precious.txt')).toBe('only here');
  });

  test('cut off after any step it leaves what is consistent, and the next calls finish it', async () => {
    const { rig: made, run, lanes } = await afterRun();
    await using rig = made;
    const repository = await openRepository(createGit(rig.env), rig.checkout);
    if (!repository.ok) throw new Error(repository.failure.message);
    const place: CleaningPlace = {
      repository: repository.value,
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      lanesRoot: lanes,
      variables: rig.env,
    };
    const plan = () =>
      planCleaning(repository.value, lanes, { olderThanMs: 0 }, Date.now() + 1_000);
    const names = ({ groups }: Awaited<ReturnType<typeof plan>>) =>
      groups.flatMap(({ items }) => items.map(({ name }) => name));
    const whole = names(await plan());
    const seen: string[] = [];
    for (let steps = 0; steps <= whole.length; steps += 1) {
      const now = await plan();
      const [first, ...others] = now.groups;
      if (!first) break;
      const [item, ...items] = first.items;
      // Killed between the mark and the first removal, too.
      await carryOut(place, { ...now, groups: [{ ...first, items: [] }] });
      expect(names(await plan())).toEqual(names(now));
      await carryOut(place, { ...now, groups: [{ ...first, items: [item!] }] });
      seen.push(item!.name);
      expect((await verifyRun(repository.value, runId(run))).contradictions).toEqual([]);
      expect(others.length + items.length).toBeGreaterThanOrEqual(0);
    }
    expect([...seen].sort()).toEqual([...whole].sort());
    expect(names(await plan())).toEqual([]);
    expect((await rig.run('rescue', 'FAILS')).code).toBe(0);
  });

  test('lanes of a repository that is gone are named; what a killed call left goes', async () => {
    const { rig: made, lanes } = await afterRun();
    await using rig = made;
    const other = join(dirname(lanes), 'gone-12345678');
    mkdirSync(join(other, 'lane-1'), { recursive: true });
    writeFileSync(
      join(other, 'lane-1/.git'),
      'gitdir: /nowhere/project/.git/sage/depot.git/worktrees/lane-1\n',
    );
    mkdirSync(join(lanes, 'gone/lane-7-x'), { recursive: true });
    const { kept, freed } = await clean(rig);
    expect(kept).toContainEqual(
      expect.objectContaining({
        name: other,
        why: expect.stringContaining('/nowhere/project/.git') as unknown,
      }),
    );
    expect(freed.map(({ name }) => name)).toEqual([join(lanes, 'gone')]);
    expect([existsSync(other), existsSync(join(lanes, 'gone'))]).toEqual([true, false]);
  });

  test('faults of its flags are told with an example', async () => {
    await using rig = await Rig.create();
    const { code, stderr } = await rig.run('clean', '--older-than=soon', '--max-size=5X');
    expect(code).toBe(2);
    expect(stderr).toContain('--older-than=14');
    expect(stderr).toContain('--max-size=5G');
    expect((await rig.run('clean')).stdout).toContain('There is nothing to free.');
    expect(existsSync(join(rig.gitDir, 'sage'))).toBe(false);
  });

  test('003-9.3 logs and records of runs go by the configured rule, and what is kept does not', async () => {
    const { rig: made, run: first } = await afterRun();
    await using rig = made;
    const ageAll = () => {
      for (const folder of listed(join(rig.gitDir, 'sage/runs'))) {
        const days = 40;
        const then = new Date(Date.now() - days * 86_400_000);
        utimesSync(join(folder, 'summary.json'), then, then);
      }
    };
    const next = async () => {
      const index = rig.read('.sage/tickets/index.json').replace('"DEFERRED"', '"UNPROCESSED"');
      await rig.write({ '.sage/tickets/index.json': index });
      await rig.git('commit', '--quiet', '--all', '--message', 'again');
      return (await rig.stream()).summary.run;
    };
    const second = await next();
    ageAll();
    const folder = (run: string) => join(rig.gitDir, 'sage/runs', run);
    const ofRuns = ({ freed }: Cleaning) =>
      freed
        .filter(({ kind }) => kind.startsWith('run '))
        .map(({ name }) => name.slice(join(rig.gitDir, 'sage/runs').length))
        .sort();

    // The newest keeps its logs, the other one loses them; records stay for good.
    await rig.config({ ...CHECKED, retention: { logs: { days: 30, runs: 1 } } });
    const told = await clean(rig, '--dry-run');
    expect(ofRuns(told)).toEqual(
      ['attempts', 'checks', 'inbox'].map((name) => `/${first}/${name}`),
    );
    expect(told.kept).toContainEqual(
      expect.objectContaining({
        name: folder(second),
        why: expect.stringContaining('retention.logs.runs'),
      }),
    );
    expect(ofRuns(await clean(rig))).toEqual(ofRuns(told));
    expect(existsSync(join(folder(second), 'attempts'))).toBe(true);

    // Its work did not land: as long as that is kept, what tells of it is, too.
    const records = { logs: { days: 30 }, records: { days: 30 } };
    await rig.config({ ...CHECKED, retention: records });
    expect((await clean(rig, '--dry-run')).freed.map(({ kind }) => kind)).not.toContain(
      'run record',
    );
    await rig.script({ FAILS: [{ write: { 'half.txt': 'whole\n' } }] });
    const third = await next();
    ageAll();
    const plan = await clean(rig, '--dry-run');
    const gone = plan.freed.filter(({ kind }) => kind === 'run record');
    expect(gone.map(({ name }) => name)).toEqual([folder(first), folder(second)]);
    expect(gone[0]?.why).toContain('retention.records');
    expect((await clean(rig)).freed.map(({ name }) => name)).toEqual(
      plan.freed.map(({ name }) => name),
    );
    expect(listed(join(rig.gitDir, 'sage/runs'))).toEqual([folder(third)]);

    // Numbers of sessions go on.
    await rig.tickets([{ id: 'LAST' }]);
    await rig.script({ LAST: [{ write: { 'last.txt': 'l\n' } }] });
    await rig.stream();
    const { stdout } = await rig.run('sessions', '--json', '--ticket=LAST');
    expect(JSON.parse(stdout)).toMatchObject({ sessions: [{ session: 5 }] });
  });

  test('003-9.3 a configuration with faults is refused before anything goes', async () => {
    await using rig = await Rig.create();
    await rig.config({ retention: { logs: { days: -1 } } });
    const { code, stderr } = await rig.run('clean');
    expect([code, stderr]).toEqual([2, expect.stringContaining('retention.logs.days')]);
  });
});
