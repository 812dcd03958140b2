import { describe, expect, test } from '@jest/globals';
import { Rig, type RigOptions } from '../rig/rig.js';

const work = { '*': [{ write: { '{ticket}.txt': '{ticket}\n' } }] };

async function prepared(options: RigOptions, ids: readonly string[] = ['T-1', 'T-2']) {
  const rig = await Rig.create(options);
  await rig.tickets(ids.map((id) => ({ id })));
  await rig.config();
  await rig.script(work);
  return rig;
}

describe('what happens to the user’s checkout', () => {
  test.each<['tracked' | 'ignored', string]>([
    ['tracked', 'main'],
    ['ignored', 'main'],
  ])(
    '.sage/ %s, on %s: everything outside .sage/ is byte-identical and the work waits on sage/<run>',
    async (sage, branch) => {
      await using rig = await prepared({ sage, branch });
      // Dirty in every way: modified, staged, untracked, stashed.
      await rig.write({ 'README.md': 'stashed\n' });
      await rig.git('stash', '--quiet');
      await rig.write({ 'staged.txt': 's\n', 'README.md': 'edited\n', 'untracked.txt': 'u\n' });
      await rig.git('add', 'staged.txt');
      const before = rig.snapshot();
      const { summary, code } = await rig.stream('--parallel=2');
      expect(code).toBe(0);
      expect(rig.snapshot()).toEqual(before);
      expect(summary.delivery).toMatchObject({ how: 'left', command: expect.any(String) });
      expect(await rig.filesOf(summary.branch)).toEqual(['README.md', 'T-1.txt', 'T-2.txt']);
      const added = await rig.git(
        'for-each-ref',
        '--format=%(refname)',
        'refs/heads/sage',
        'refs/sage',
      );
      expect(added.split('\n')[0]).toBe(`refs/heads/${summary.branch}`);
      for (const ref of added.split('\n').slice(1)) expect(ref).toMatch(/^refs\/sage\/base\//);
      // The one command that was printed ends it.
      expect(await rig.shell(summary.delivery!.command!)).toMatchObject({ code: 0 });
      expect(rig.read('T-2.txt')).toBe('T-2\n');
      expect(await rig.git('status', '--short')).toBe(
        ' M README.md\nA  staged.txt\n?? untracked.txt',
      );
    },
  );

  test('D3 on a work branch the checkout is fast-forwarded, changed files of the user untouched', async () => {
    await using rig = await prepared({ branch: 'work', files: { 'mine.txt': 'a\n' } });
    await rig.write({ 'mine.txt': 'edited\n', 'untracked.txt': 'u\n' });
    const { summary } = await rig.stream('--parallel=2');
    expect(summary.delivery).toMatchObject({ how: 'forwarded' });
    expect(await rig.git('rev-parse', 'work')).toBe(await rig.git('rev-parse', summary.branch));
    expect(await rig.git('status', '--short')).toBe(' M mine.txt\n?? untracked.txt');
    expect(rig.read('T-1.txt')).toBe('T-1\n');
    expect(rig.read('mine.txt')).toBe('edited\n');
    expect(await rig.git('symbolic-ref', 'HEAD')).toBe('refs/heads/work');
  });

  test('D3 work that would touch a file the user changed is left on its branch with one command that ends it', async () => {
    await using rig = await prepared({ branch: 'work' }, ['T-1']);
    await rig.write({ 'T-1.txt': 'the user’s own\n' });
    const before = rig.snapshot();
    const { summary } = await rig.stream();
    expect(summary.delivery).toMatchObject({ how: 'left' });
    expect(summary.delivery!.why).toContain('T-1.txt');
    expect(rig.snapshot()).toEqual(before);
    // The user makes room and does what they were told.
    await rig.git('clean', '--quiet', '-f', 'T-1.txt');
    expect(await rig.shell(summary.delivery!.command!)).toMatchObject({ code: 0 });
    expect(rig.read('T-1.txt')).toBe('T-1\n');
    expect(await rig.git('status', '--short')).toBe('');
  });

  test.each(['with spaces', 'Прüf größe 検査 $x', '-dash', "quote'd"])(
    'a checkout at a path like “%s” works like any other',
    async (name) => {
      await using rig = await prepared({ branch: 'work', name });
      await rig.config({ verify: ['ls *.md'], setup: { run: ['pwd > "$TMPDIR/x"'] } });
      const { summary, code } = await rig.stream('--parallel=2');
      expect(code).toBe(0);
      expect(summary.delivery).toMatchObject({ how: 'forwarded' });
      expect(await rig.git('status', '--short')).toBe('');
    },
  );

  test('D2 a second run without merging the first says so and starts nothing that needs it', async () => {
    await using rig = await prepared({}, ['T-1']);
    await rig.stream();
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED' });
    const index = JSON.parse(rig.read('.sage/tickets/index.json')) as { tickets: object[] };
    index.tickets.push(
      { id: 'T-2', state: 'UNPROCESSED', dependencies: ['T-1'] },
      { id: 'T-3', state: 'UNPROCESSED' },
    );
    await rig.write({ '.sage/tickets/index.json': `${JSON.stringify(index, null, 2)}\n` });
    const second = await rig.stream();
    expect(second.summary.landed.map(({ id }) => id)).toEqual(['T-3']);
    expect(second.summary.blocked).toMatchObject([{ id: 'T-2', by: ['T-1'] }]);
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['T-1', 'T-3']);
    const told = await rig.run('stream', '--explain', 'T-2');
    expect(told.stdout).toMatch(/sage deliver|--target sage\//);
  });

  test('D2 the second run goes on from the first with --target sage/<run>', async () => {
    await using rig = await prepared({}, ['T-1']);
    const first = await rig.stream();
    const index = JSON.parse(rig.read('.sage/tickets/index.json')) as { tickets: object[] };
    index.tickets.push({ id: 'T-2', state: 'UNPROCESSED', dependencies: ['T-1'] });
    await rig.write({ '.sage/tickets/index.json': `${JSON.stringify(index, null, 2)}\n` });
    await rig.script({ '*': [{ shell: 'test -e T-1.txt' }, ...work['*']] });
    const second = await rig.stream('--target', first.summary.branch);
    expect(second.summary.landed.map(({ id }) => id)).toEqual(['T-2']);
    expect(await rig.filesOf(first.summary.branch)).toEqual(['README.md', 'T-1.txt', 'T-2.txt']);
  });

  test('the user edits, stages and stashes while it runs; all of it is still there', async () => {
    await using rig = await prepared({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } });
    await rig.script({});
    const run = rig.start('stream', '--auto', '--parallel=2', '--json');
    const first = await rig.agent.for('T-1');
    const second = await rig.agent.for('T-2');
    await rig.write({ 'a.txt': 'stashed\n' });
    await rig.git('stash', '--quiet', '--', 'a.txt');
    await first.succeed({ 'T-1.txt': 'x\n' });
    await rig.event('landing.landed');
    await rig.write({ 'b.txt': 'staged\n', 'new.txt': 'n\n', 'a.txt': 'edited\n' });
    await rig.git('add', 'b.txt', 'new.txt');
    const before = rig.snapshot();
    await second.succeed({ 'T-2.txt': 'x\n' });
    expect((await run.wait()).code).toBe(0);
    expect(rig.snapshot()).toEqual(before);
    expect(await rig.git('stash', 'list')).toContain('stash@{0}');
  });

  test('D4 the user commits to the target meanwhile: it is merged into the run’s branch, verified, and delivered forward', async () => {
    await using rig = await prepared({ branch: 'work' }, ['T-1']);
    await rig.config({ verify: ['true'] });
    await rig.script({});
    const run = rig.start('stream', '--auto', '--json');
    const call = await rig.agent.next();
    await rig.write({ 'mine.txt': 'mine\n' });
    await rig.git('add', 'mine.txt');
    await rig.git('commit', '--quiet', '--message', 'mine');
    const mine = await rig.git('rev-parse', 'HEAD');
    await call.succeed({ 'T-1.txt': 'x\n' });
    const { stdout } = await run.wait();
    const { summary } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
      summary: { run: string; branch: string; delivery: { how: string } };
    };
    expect(summary.delivery.how).toBe('forwarded');
    const merge = await rig.git('rev-list', '--min-parents=2', `${mine}..HEAD`);
    expect(await rig.git('rev-parse', `${merge}^2`)).toBe(mine);
    expect(await rig.git('log', '-1', '--format=%B', merge)).toContain(
      `Land-Id: ${summary.run}/intake/${mine.slice(0, 12)}`,
    );
    const verified = rig
      .journal()
      .filter((event) => event.type === 'landing.verified')
      .map(({ verdict }) => verdict.tree as string);
    expect(verified).toContain(await rig.git('rev-parse', `${merge}^{tree}`));
    expect(await rig.filesOf('work')).toEqual(['README.md', 'T-1.txt', 'mine.txt']);
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED' });
    expect(await rig.git('status', '--short')).toBe('');
  });
});
