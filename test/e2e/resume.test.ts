import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

/** A run of A ← B that is killed while B is at work, A having landed. */
async function killed(options: Parameters<typeof Rig.create>[0] = {}) {
  const rig = await Rig.create({ branch: 'work', ...options });
  await rig.config();
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  const run = rig.start('stream', '--auto');
  await (await rig.agent.for('A')).succeed({ 'a.txt': 'a\n' });
  await rig.agent.for('B');
  run.signal('SIGKILL');
  await run.wait();
  const planned = rig.journal()[0]!;
  if (planned.type !== 'run.planned') throw new Error('no plan');
  const events = join(rig.gitDir, 'sage/runs', planned.run, 'events.ndjson');
  return { rig, run: planned.run as string, events };
}

/** Changes a byte in the middle of the journal. */
function damage(file: string) {
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf('landing.landed');
  writeFileSync(file, text.slice(0, at) + 'X' + text.slice(at + 1));
}

describe('sage resume', () => {
  test('002-7.4 goes on with the interrupted run to its end; what landed is not done again', async () => {
    const { rig: made } = await killed();
    await using rig = made;
    await rig.script({ B: [{ write: { 'b.txt': 'b\n' } }] });
    const { code, stdout } = await rig.run('resume');
    expect([code, stdout]).toEqual([0, expect.stringContaining('B')]);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['A', 'B', 'B']);
    expect(rig.read('a.txt') + rig.read('b.txt')).toBe('a\nb\n');
  });

  test('003-7.9 killed after three of six: the next start calls agents for the other three only', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const ids = ['A', 'B', 'C', 'D', 'E', 'F'];
    await rig.config();
    await rig.tickets(
      ids.map((id, index) => ({ id, dependencies: ids.slice(Math.max(0, index - 1), index) })),
    );
    const run = rig.start('stream', '--auto');
    for (const id of ids.slice(0, 3))
      await (await rig.agent.for(id)).succeed({ [`${id}.txt`]: id });
    await rig.event('landing.landed', ({ ticket }) => ticket === 'C');
    run.signal('SIGKILL');
    await run.wait();
    const before = rig.calls().length; // D may have been begun
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
    expect((await rig.run('resume')).code).toBe(0);
    expect(
      rig
        .calls()
        .slice(before)
        .map(({ ticket }) => ticket),
    ).toEqual(['D', 'E', 'F']);
    expect(new Set(Object.values(rig.states()))).toEqual(new Set(['COMPLETED']));
  });

  test('says so when nothing was interrupted, and changes nothing', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }]);
    const before = rig.snapshot();
    const { code, stderr } = await rig.run('resume');
    expect([code, stderr]).toEqual([0, expect.stringContaining('No run was interrupted')]);
    expect(rig.snapshot()).toEqual(before);
  });

  test('of a run that lives and is not paused there is nothing to resume, and it says so', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }]);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    const second = await rig.run('resume');
    expect([second.code, second.stdout]).toEqual([
      0,
      expect.stringContaining('goes on in its own'),
    ]);
    await call.succeed({ 'a.txt': 'a\n' });
    expect((await run.wait()).code).toBe(0);
  });
});

describe('a journal that is damaged or lost', () => {
  test('is refused with the record and the way out; salvage reads off the branch what landed', async () => {
    const { rig: made, run, events } = await killed();
    await using rig = made;
    rig.tolerate('journal'); // the test damages it
    rig.tolerate('claims');
    damage(events);
    const damaged = readFileSync(events);
    for (const again of [['stream', '--auto'], ['resume']]) {
      const { code, stderr } = await rig.run(...again);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`sage salvage ${run}`)]);
    }
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'IN_PROGRESS' });

    const { code, stdout } = await rig.run('salvage', run, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { landed: [{ id: 'A' }], reset: ['B'], branch: `sage/${run}`, target: 'work' },
    ]);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
    expect(readFileSync(events)).toEqual(damaged);

    expect((await rig.run('deliver', run)).code).toBe(0);
    await rig.script({ B: [{ write: { 'b.txt': 'b\n' } }] });
    const end = await rig.stream();
    expect([end.code, end.summary.landed.map(({ id }) => id)]).toEqual([0, ['B']]);
    expect(rig.read('a.txt')).toBe('a\n');
  });

  test('a run folder that is gone altogether: what landed is not done again but salvaged first', async () => {
    const { rig: made, run, events } = await killed({ sage: 'ignored' });
    await using rig = made;
    rig.tolerate('claims'); // the test takes the journal away
    rmSync(join(events, '..'), { recursive: true });
    const index = join(rig.checkout, '.sage/tickets/index.json');
    writeFileSync(
      index,
      readFileSync(index, 'utf8').replaceAll(/"(COMPLETED|IN_PROGRESS)"/g, '"UNPROCESSED"'),
    );
    const refused = await rig.run('stream', '--auto');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`sage salvage ${run}`),
    ]);
    expect((await rig.run('salvage', run)).stdout).toContain('A');
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
    expect((await rig.run('deliver')).code).toBe(0);
    await rig.script({ B: [{ write: { 'b.txt': 'b\n' } }] });
    expect((await rig.stream()).code).toBe(0);
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['A', 'B', 'B']);
  });

  test.each([
    ['put work of its own on', 'commit-tree -p REF -m own REF^{tree}'],
    ['rewound', 'rev-parse REF~1'],
    ['gave another history', 'commit-tree -m other REF^{tree}'],
    ['deleted', undefined],
  ])(
    'salvage takes what landed and no more of a branch that an agent %s; what it held is kept',
    async (_how, make) => {
      const { rig: made, run, events } = await killed();
      await using rig = made;
      rig.tolerate('journal'); // the test damages it
      rig.tolerate('claims');
      damage(events);
      const landed = await rig.git('rev-parse', `sage/${run}`);
      const depot = ['--git-dir', join(rig.gitDir, 'sage/depot.git')];
      const ref = `refs/heads/sage/${run}`;
      const moved = make && (await rig.git(...depot, ...make.replaceAll('REF', ref).split(' ')));
      await rig.git(...depot, 'update-ref', ...(moved ? [ref, moved] : ['-d', ref]));

      const { code, stdout } = await rig.run('salvage', run, '--json');
      expect([code, JSON.parse(stdout)]).toMatchObject([
        0,
        { landed: [{ id: 'A', commit: landed }], notes: [expect.stringContaining('depot')] },
      ]);
      expect(await rig.git('rev-parse', `sage/${run}`)).toBe(landed);
      expect(await rig.git(...depot, 'rev-parse', ref)).toBe(landed);
      const vault = ['--git-dir', join(rig.gitDir, 'sage/vault.git')];
      const aside = ['for-each-ref', '--format=%(objectname)', `refs/sage/aside/sage/${run}`];
      expect(await rig.git(...vault, ...aside)).toBe(moved ?? '');
      expect((await rig.run('deliver', run)).code).toBe(0);
      expect(await rig.git('rev-parse', 'HEAD')).toBe(landed);
    },
  );

  test('salvage refuses a run whose journal is whole, and one that is not there', async () => {
    const { rig: made, run } = await killed();
    await using rig = made;
    const whole = await rig.run('salvage', run);
    expect([whole.code, whole.stderr]).toEqual([2, expect.stringContaining('sage resume')]);
    const strange = await rig.run('salvage', '../../x');
    expect([strange.code, strange.stderr]).toEqual([2, expect.stringContaining('no branch')]);
  });
});
