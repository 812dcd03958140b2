import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { claude, claudeRig } from './claude-rig.js';
import { followCommand } from './host-model.js';
import { repositoryRoot } from '../rig/home.js';
import type { Rig } from '../rig/rig.js';

const install = async (rig: Rig, ...flags: readonly string[]) => {
  rig.tolerate('temporary files'); // Claude Code's own.
  const { code, stdout, stderr } = await rig.run('install', '--for', 'claude', ...flags);
  return { code, stdout, stderr };
};

/** What Claude Code says of its plugins; those of a project only within it. */
const plugins = async (rig: Rig) =>
  JSON.parse((await claude(rig, 'plugin', 'list', '--json')).stdout) as readonly {
    readonly id: string;
    readonly scope: string;
  }[];

describe('sage install --for claude', () => {
  test.each([
    { flags: [], scope: 'user' },
    { flags: ['--project'], scope: 'project' },
  ])(
    'for its $scope: the plugin by its own marketplace, at work at once, nothing to do again, gone when removed',
    async ({ flags, scope }) => {
      await using world = await claudeRig(followCommand);
      const { rig, model } = world;
      await rig.tickets([{ id: 'T-1' }]);
      const shown = await install(rig, ...flags);
      expect(shown).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
      expect(shown.stdout).toContain(`claude plugin marketplace add ${repositoryRoot}`);
      expect(shown.stdout).toContain(`claude plugin install sage@sage-stream --scope ${scope}`);
      expect(await plugins(rig)).toEqual([]);

      expect(await install(rig, ...flags, '--yes')).toMatchObject({ code: 0, stderr: '' });
      expect(await plugins(rig)).toMatchObject([{ id: 'sage@sage-stream', scope }]);
      const settings = join(rig.checkout, '.claude/settings.json');
      expect(existsSync(settings)).toBe(scope === 'project');
      // No path of this machine in what a project shares.
      if (scope === 'project') expect(readFileSync(settings, 'utf8')).not.toContain('/');
      const { stdout } = await claude(rig, '-p', '/stream --dry-run');
      expect(model.requests[0]?.command?.name).toBe('sage:stream');
      expect(stdout).toMatch(/^1 ticket to run/);

      const again = await install(rig, ...flags);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('there already') });
      expect(await install(rig, ...flags, '--remove', '--yes')).toMatchObject({ code: 0 });
      expect(await plugins(rig)).toEqual([]);
      const { stdout: markets } = await claude(rig, 'plugin', 'marketplace', 'list', '--json');
      expect(JSON.parse(markets)).toEqual([]);
      const gone = await install(rig, ...flags, '--remove');
      expect(gone).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing of ours') });
    },
  );

  test('one scope goes and the other stays, with the marketplace that both need', async () => {
    await using world = await claudeRig(() => ({ say: '' }));
    const { rig } = world;
    await install(rig, '--yes');
    await install(rig, '--project', '--yes');
    await install(rig, '--remove', '--yes');
    expect(await plugins(rig)).toMatchObject([{ scope: 'project' }]);
    expect(await install(rig, '--project')).toMatchObject({ code: 0 });
  });

  test('a marketplace of that name from elsewhere stays: refused with the way out, and other shells wait, too', async () => {
    await using world = await claudeRig(() => ({ say: '' }));
    const { rig } = world;
    const other = join(rig.places.root, 'other');
    await mkdir(other);
    for (const part of ['.claude-plugin', 'commands', 'hooks'])
      await cp(join(repositoryRoot, part), join(other, part), { recursive: true });
    await claude(rig, 'plugin', 'marketplace', 'add', other);
    const { code, stderr } = await install(rig, '--for', 'gemini', '--yes');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('claude plugin marketplace remove sage-stream'),
    ]);
    expect(existsSync(join(rig.places.home, '.gemini'))).toBe(false);
    expect(await install(rig, '--remove')).toMatchObject({ code: 0 });
  });

  test('a call that Claude Code refuses is told with what it said, and what was begun is taken back', async () => {
    await using world = await claudeRig(() => ({ say: '' }));
    const { rig } = world;
    const real = process.env['SAGE_CLAUDE']!;
    await rig.program(
      'claude',
      `[ "$2" = install ] && { echo "no space left" >&2; exit 1; }\nexec "${real}" "$@"`,
    );
    const { code, stderr } = await install(rig, '--for', 'gemini', '--yes');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/plugin install[\s\S]*no space left/),
    ]);
    expect((await claude(rig, 'plugin', 'marketplace', 'list', '--json')).stdout.trim()).toBe('[]');
    expect(existsSync(join(rig.places.home, '.gemini'))).toBe(false);
  });
});
