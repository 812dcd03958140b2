import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { Rig } from '../rig/rig.js';

describe('sage demo', () => {
  test('builds the program, with one conflict resolved, one check flaky and one ticket deferred, and removes its folder', async () => {
    await using rig = await Rig.create();
    const { code, stdout, stderr } = await rig.run('demo', '--rm');
    expect(stderr).not.toContain('error');
    expect(stdout).toContain('11 landed, 1 deferred');
    expect(stdout).toMatch(/conflicts in src\/commands\.mjs/);
    expect(stdout).toMatch(/flaky: node checks\/warm-up\.mjs/);
    expect(stdout).toMatch(/deferred +TEXT-006/);
    expect(stdout).toMatch(/^\* \w+ .*#DOC-001/m);
    expect(code).toBe(0);
    expect(readdirSync(rig.places.tmp)).toEqual([]);
  });
});
