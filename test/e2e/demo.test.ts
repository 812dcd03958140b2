import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';
import { Rig } from '../rig/rig.js';

/** About twenty seconds of its own; a busy machine takes several times that. */
const RUN_MS = 150_000;

describe('sage demo', () => {
  test('builds the program, with one conflict resolved, one check flaky and one ticket deferred, the same files each time', async () => {
    await using rig = await Rig.create();
    const { code, stdout, stderr } = await rig.start('demo').wait(RUN_MS);
    expect(stderr).not.toContain('error');
    expect(stdout).toContain('11 landed, 1 deferred');
    expect(stdout).toMatch(/conflicts in src\/commands\.mjs/);
    expect(stdout).toMatch(/flaky: node checks\/warm-up\.mjs/);
    expect(stdout).toMatch(/deferred +TEXT-006/);
    expect(stdout).toMatch(/^\* \w+ .*#DOC-001/m);
    expect(code).toBe(0);

    const [name = ''] = readdirSync(rig.places.tmp);
    const repository = join(rig.places.tmp, name, 'textstat');
    const git = (words: readonly string[], input = '') =>
      execFileSync('git', words, { cwd: repository, env: rig.env, input, encoding: 'utf8' });
    const program = git(['ls-tree', 'HEAD']).replace(/^.*\t\.sage\n/m, '');
    const recorded = readFileSync(join(repositoryRoot, 'demo/end.json'), 'utf8');
    expect(git(['mktree'], program).trim()).toBe((JSON.parse(recorded) as { tree: string }).tree);
    rmSync(join(rig.places.tmp, name), { recursive: true });
  }, 180_000);
});
