import { describe, expect, test } from '@jest/globals';
import { llds, lldOf } from '../rig/items.js';
import { Rig } from '../rig/rig.js';

describe('sage implement', () => {
  test('003-1.7 003-3.3 003-3.4 each design document that is not implemented is implemented, and not again, whoever lost the index', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.write({ [lldOf(7)]: '# LLD-007: Old\n\n**Status:** Implemented (#12)\n' });
    await rig.write({ 'docs/lld/notes.md': '# Notes of no issue\n' });
    await llds(rig, 41, 42);
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const dry = await rig.run('implement', '--dry-run');
    expect(dry.stdout).toContain('lld-41  #41    pending  Feature 41  docs/lld/LLD-041.md');
    expect(dry.stdout).toContain('lld-7 completed: it says "Status: Implemented (#12)"');
    expect(dry.stdout).not.toContain('notes');
    const done = await rig.run('implement', '--parallel=2');
    expect(done.code).toBe(0);
    expect(await rig.filesOf('HEAD')).toEqual(expect.arrayContaining(['lld-41.txt', 'lld-42.txt']));
    const prompt = rig.calls().find(({ ticket }) => ticket === 'lld-42')?.prompt ?? '';
    expect(prompt).toContain('You implement one design document');
    expect(prompt).toContain('Build it.');
    // A clone has no index: the landed commits say it.
    await rig.write({ '.sage/implement/index.json': '{"tickets": []}\n' });
    const again = await rig.run('implement');
    expect(again.stdout).toBe('Nothing to process: 3 found, none of them is pending.\n');
    expect((await rig.run('implement', '--dry-run')).stdout).toMatch(
      /lld-42 completed: landed as [0-9a-f]{10}/,
    );
  });
});
