import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { encodeLine, NO_SUM } from '../../lib/journal/line.js';
import type { RunEvent } from '../../lib/model/event.js';
import type { Verification } from '../../lib/model/verification-schema.js';
import { Rig } from '../rig/rig.js';

/** A finished run with checks: A and B land, C is red. */
async function finished(options: Parameters<typeof Rig.create>[0] = {}): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work', ...options });
  await rig.config({ verify: ['test ! -e red.txt'] });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }, { id: 'C' }]);
  await rig.script({
    '*': [{ write: { '{ticket}.txt': 'done\n' } }],
    C: [{ write: { 'red.txt': 'red\n' } }],
  });
  const { code, summary } = await rig.stream('--parallel=2');
  expect([code, summary.landed.map(({ id }) => id)]).toEqual([1, ['A', 'B']]);
  return rig;
}

async function verify(
  rig: Rig,
  ...args: string[]
): Promise<Verification & { code: number | null }> {
  const { code, stdout } = await rig.run('verify-run', '--json', ...args);
  return { ...(JSON.parse(stdout) as Verification), code };
}

const kinds = ({ contradictions }: Verification) => contradictions.map(({ kind }) => kind);

const runOf = (rig: Rig) => readdirSync(join(rig.gitDir, 'sage/runs'))[0]!;
const folder = (rig: Rig) => join(rig.gitDir, 'sage/runs', runOf(rig));
const depot = (rig: Rig) => ['--git-dir', join(rig.gitDir, 'sage/depot.git')];

/** Writes the journal anew, changed by `edit`, with sums that fit: what a forger who knows the format would do. */
function forge(rig: Rig, edit: (event: RunEvent) => RunEvent) {
  let sum = NO_SUM;
  const text = rig.journal().map((event) => {
    const bare = { ...edit(event) };
    delete (bare as { sum?: string }).sum;
    const line = encodeLine(bare, sum);
    sum = line.sum;
    return line.text;
  });
  writeFileSync(join(folder(rig), 'events.ndjson'), text.join(''));
}

describe('verify-run', () => {
  test('a run that tells the truth agrees, with git and its journal alone, and nothing is changed by asking', async () => {
    await using rig = await finished();
    const before = rig.snapshot();
    const journal = readFileSync(join(folder(rig), 'events.ndjson'));
    const answer = await verify(rig);
    expect(answer).toMatchObject({
      code: 0,
      isFinished: true,
      agrees: true,
      contradictions: [],
      checked: { tickets: 2, commits: 3, trees: 2, states: 3 },
    });
    expect(answer.checked.logs).toBeGreaterThanOrEqual(4);
    expect(rig.snapshot()).toEqual(before);
    expect(readFileSync(join(folder(rig), 'events.ndjson'))).toEqual(journal);
    const { code, stdout } = await rig.run('verify-run', `sage/${runOf(rig)}`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('everything agrees')]);
  });

  test('a record that was changed by hand is found by its sum', async () => {
    await using rig = await finished();
    rig.tolerate('claims'); // the test forges them
    rig.tolerate('journal');
    const file = join(folder(rig), 'events.ndjson');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"exitCode":0', '"exitCode":1'));
    const answer = await verify(rig);
    expect([answer.code, kinds(answer)]).toEqual([1, ['journal-damaged']]);
  });

  test('a journal that was forged with sums that fit is found by git', async () => {
    await using rig = await finished();
    rig.tolerate('claims');
    rig.tolerate('journal');
    forge(rig, (event) =>
      event.type === 'landing.verified' && event.ticket === 'C'
        ? { ...event, verdict: { ...event.verdict, colour: 'green' } }
        : event.type === 'ticket.deferred'
          ? ({ ...event, type: 'landing.landed', commit: 'c'.repeat(40), ms: 1 } as never)
          : event,
    );
    const answer = await verify(rig);
    expect(answer.code).toBe(1);
    expect(kinds(answer)).toEqual(expect.arrayContaining(['commit-missing', 'summary-differs']));
  });

  test('a green verdict that nobody gave is found', async () => {
    await using rig = await finished();
    rig.tolerate('claims');
    rig.tolerate('journal');
    forge(rig, (event) =>
      event.type === 'landing.verified' && event.ticket === 'A'
        ? { ...event, verdict: { ...event.verdict, tree: 'd'.repeat(40) as never } }
        : event,
    );
    expect(kinds(await verify(rig))).toEqual(['tree-unverified']);
  });

  test('a commit that was dropped from the branch is found, wherever', async () => {
    await using rig = await finished();
    rig.tolerate('claims');
    const branch = `refs/heads/sage/${runOf(rig)}`;
    await rig.git(...depot(rig), 'update-ref', branch, `${branch}~2`);
    await rig.git('update-ref', branch, `${branch}~2`);
    await rig.git('reset', '--quiet', '--keep', 'HEAD~2');
    const answer = await verify(rig);
    expect(answer.code).toBe(1);
    expect(answer.contradictions.filter(({ kind }) => kind === 'commit-missing')).toHaveLength(2);
    expect(kinds(answer)).toEqual(
      expect.arrayContaining(['commit-missing', 'branch-differs', 'target-lacks-it']),
    );
  });

  test('a commit with a forged trailer, and one that nobody announced, are found', async () => {
    await using rig = await finished();
    rig.tolerate('claims');
    const branch = `sage/${runOf(rig)}`;
    const message = `feat: C\n\nLand-Id: ${runOf(rig)}/C\n`;
    const commit = await rig.git(
      ...[...depot(rig), 'commit-tree', '-p', branch, '-m', message, `${branch}^{tree}`],
    );
    await rig.git(...depot(rig), 'update-ref', `refs/heads/${branch}`, commit);
    const answer = await verify(rig);
    expect(kinds(answer).sort()).toEqual(['commit-unannounced', 'trailer-forged']);
    expect(answer.contradictions.find(({ kind }) => kind === 'trailer-forged')?.message).toContain(
      'never landed',
    );
  });

  test('a log that is gone, and one that was changed, are found', async () => {
    await using rig = await finished();
    rig.tolerate('claims');
    const logs = rig
      .journal()
      .flatMap((event) => (event.type === 'landing.verified' ? event.verdict.results : []))
      .map(({ log }) => join(folder(rig), log));
    rmSync(logs[0]!);
    appendFileSync(logs[1]!, 'all is well\n');
    expect(kinds(await verify(rig)).sort()).toEqual(['log-changed', 'log-missing']);
  });

  test('an ignored index that says otherwise is found, for what landed and for what hangs', async () => {
    await using rig = await finished({ sage: 'ignored' });
    rig.tolerate('claims');
    const index = join(rig.checkout, '.sage/tickets/index.json');
    const text = readFileSync(index, 'utf8');
    writeFileSync(
      index,
      text.replace('"COMPLETED"', '"UNPROCESSED"').replace('"DEFERRED"', '"IN_PROGRESS"'),
    );
    const answer = await verify(rig);
    expect(answer.contradictions.map(({ kind, ticket }) => [kind, ticket])).toEqual([
      ['state-differs', 'A'],
      ['state-differs', 'C'],
    ]);
  });

  test('a branch that was moved under its checkout is found: it shows what landed as reverted', async () => {
    await using rig = await finished();
    rig.tolerate('claims');
    await rig.git('read-tree', 'HEAD~3');
    expect(kinds(await verify(rig))).toEqual(['checkout-reverted']);
  });

  test('of a run that goes on what landed so far is looked at, and a run that is not there is refused', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const nothing = await rig.run('verify-run');
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('no run has begun'),
    ]);
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
    const run = rig.start('stream', '--auto');
    await (await rig.agent.for('A')).succeed({ 'a.txt': 'a\n' });
    const second = await rig.agent.for('B');
    expect(await verify(rig)).toMatchObject({
      code: 0,
      isFinished: false,
      checked: { tickets: 1, commits: 1, states: 2 },
    });
    await second.succeed({ 'b.txt': 'b\n' });
    await run.wait();
    const wrong = await rig.run('verify-run', '20200101-000000-abcd');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('no run')]);
  });

  test('a verdict is not green whose failures the base did not have, or that landed work had mended', async () => {
    for (const forgery of ['base', 'mended'] as const) {
      await using rig = await Rig.create({ branch: 'work', files: { old: '' } });
      rig.tolerate('claims');
      rig.tolerate('journal');
      await rig.config({ verify: ['if test -e old; then echo "FAIL: old"; exit 1; fi'] });
      await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
      await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
      expect((await rig.stream()).summary.landed).toHaveLength(2);
      expect(await verify(rig)).toMatchObject({ agrees: true, checked: { trees: 2 } });
      forge(rig, (event) => {
        if (event.type === 'base.checked' && forgery === 'base' && event.verdict) {
          const results = event.verdict.results.map((one) => ({ ...one, known: ['other'] }));
          return { ...event, verdict: { ...event.verdict, results } };
        }
        if (event.type === 'landing.verified' && forgery === 'mended' && event.ticket === 'A') {
          const outcome = 'passed' as const;
          const results = event.verdict.results.map((one) => ({ ...one, outcome }));
          return { ...event, verdict: { ...event.verdict, results } };
        }
        return event;
      });
      const { contradictions } = await verify(rig);
      const unverified = contradictions.filter(({ kind }) => kind === 'tree-unverified');
      expect(unverified.map(({ ticket }) => ticket)).toEqual(
        forgery === 'base' ? ['A', 'B'] : ['B'],
      );
    }
  });
});
