import { describe, expect, test } from '@jest/globals';
import { mostAtOnce } from '../rig/calls.js';
import { issues, lldOf, writesDocuments } from '../rig/items.js';
import { Rig } from '../rig/rig.js';

async function withIssues(...numbers: readonly number[]): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await issues(rig, ...numbers);
  await rig.script(writesDocuments(...numbers));
  return rig;
}

/** Item → state, as the tool's index says now. */
const statesOf = (rig: Rig) => {
  const text = rig.read('.sage/requirements/index.json');
  const { tickets } = JSON.parse(text) as { tickets: { id: string; state: string }[] };
  return Object.fromEntries(tickets.map(({ id, state }) => [id, state]));
};

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
    const again = await rig.run('requirements');
    expect(again.stdout).toContain('Nothing to process: 3 found, none of them is pending.');
    expect(again.code).toBe(0);
  });
});
