import { describe, expect, test } from '@jest/globals';
import { mostAtOnce } from '../rig/calls.js';
import { issues, lldOf, statesOf, writesDocuments } from '../rig/items.js';
import { Rig } from '../rig/rig.js';

async function withIssues(...numbers: readonly number[]): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await issues(rig, ...numbers);
  await rig.script(writesDocuments(...numbers));
  return rig;
}

describe('sage requirements', () => {
  test('003-1.1 003-1.6 003-3.1 003-6.6 each open issue without a document gets one, two at a time, landed and delivered', async () => {
    await using rig = await withIssues(41, 42, 43);
    const { stdout, code } = await rig.run('requirements', '--parallel', '2');
    expect(stdout).toContain('3 landed');
    expect(code).toBe(0);
    expect(await rig.filesOf('HEAD')).toEqual(expect.arrayContaining([41, 42, 43].map(lldOf)));
    expect(mostAtOnce(rig.calls())).toBeLessThanOrEqual(2);
    expect(statesOf(rig)).toEqual({
      'issue-41': 'COMPLETED',
      'issue-42': 'COMPLETED',
      'issue-43': 'COMPLETED',
    });
    const prompt = rig.calls().find(({ ticket }) => ticket === 'issue-42')?.prompt ?? '';
    expect(prompt).toContain('You write one design document');
    expect(prompt).toContain('Please do 42.');
    const again = await rig.run('requirements', '--parallel=2');
    expect(again.stdout).toContain('Nothing to process: 3 found, none of them is pending.');
    expect(again.code).toBe(0);
  });

  test('003-2.4 003-3.9 003-11.4 one after the other and side by side end in the same, and both say what landed, what failed, and how long it took', async () => {
    const outcome = async (...flags: readonly string[]) => {
      await using rig = await withIssues(41, 42);
      await rig.script({ ...writesDocuments(41), 'issue-42': [{ exit: 3 }] });
      const { stdout, code } = await rig.run('requirements', ...flags);
      const summary = stdout.slice(stdout.indexOf('1 landed, 1 deferred'));
      return {
        code,
        states: statesOf(rig),
        tree: await rig.filesOf('HEAD'),
        said: summary.split('\n').filter((line) => /^ {2}(landed|deferred|took)/.test(line)),
      };
    };
    const sequential = await outcome();
    expect(sequential).toMatchObject({
      code: 1,
      states: { 'issue-41': 'COMPLETED', 'issue-42': 'DEFERRED' },
    });
    expect(sequential.said).toEqual([
      expect.stringMatching(/^ {2}landed {3}issue-41 Feature 41 [0-9a-f]{10}, \S+ (ms|s|min)/),
      expect.stringMatching(/^ {2}deferred issue-42 Feature 42$/),
      expect.stringMatching(/^ {2}took .* for .* of tickets/),
    ]);
    const parallel = await outcome('--parallel', '2');
    expect({ ...parallel, said: parallel.said.length }).toEqual({
      ...sequential,
      said: sequential.said.length,
    });
  });
});
