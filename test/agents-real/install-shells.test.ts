import { existsSync } from 'node:fs';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { FileShellName } from '../../lib/cli/install/shells.js';
import { repositoryRoot } from '../rig/home.js';
import type { Rig } from '../rig/rig.js';
import { HOSTILE } from './hostile-words.js';
import { wordsOf } from './host-model.js';
import { shellWorld, wordsIn } from './shell-sessions.js';

const SHELLS: readonly FileShellName[] = ['codex', 'gemini', 'opencode'];
const LIMIT_MS = 600_000;

const install = async (rig: Rig, shell: FileShellName, ...flags: readonly string[]) =>
  (await rig.run('install', '--for', shell, '--yes', ...flags)).code;

/** Branches, index and configuration; OpenCode leaves notes of its own in the git directory. */
function stateOf(rig: Rig) {
  const { head, index, config, refs } = rig.snapshot();
  return { head, index, config, refs, hasRuns: existsSync(join(rig.gitDir, 'sage/runs')) };
}

/** All that is hostile at once, but what OpenCode is known to run itself: docs/shells.md says it. */
const hostileFor = (shell: FileShellName) =>
  Object.values(HOSTILE)
    .filter((words) => shell !== 'opencode' || !words.includes('!`'))
    .flatMap((words) => words.split(' '));

describe.each(SHELLS)('sage install for the real %s', (shell) => {
  test.each([
    { whose: 'its user', flags: [] },
    { whose: 'a project', flags: ['--project'] },
  ])(
    'for $whose: its command is known, reaches the model with the arguments, and the plan is relayed; removed, it is not known',
    async ({ flags }) => {
      await using world = await shellWorld(shell);
      const { rig } = world;
      expect(await install(rig, shell, ...flags)).toBe(0);
      const before = stateOf(rig);
      const { code, stdout } = await world.type(['--dry-run']);
      expect(code).toBe(0);
      const said = world.heard().find((one) => one.includes('plans, runs and lands by itself'));
      expect(wordsIn[shell](said ?? '').trim()).toBe('--dry-run');
      expect(stdout).toContain('2 tickets to run in 2 batches');
      expect(stdout).toContain('Critical path');
      expect(stateOf(rig)).toEqual(before);
      const many = world.heard().length;
      expect(await install(rig, shell, '--remove', ...flags)).toBe(0);
      await world.type(['--dry-run']);
      expect(world.heard().slice(many).join('\n')).not.toContain('plans, runs and lands by itself');
    },
    LIMIT_MS,
  );

  test(
    '002-1.1 typed with --auto it begins a run, follows it to its end and reports what landed',
    async () => {
      await using world = await shellWorld(shell);
      const { rig } = world;
      await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
      await writeFile(
        join(rig.places.home, '.profile'),
        `PATH="${rig.places.bin}:$PATH"
`,
      );
      expect(await install(rig, shell)).toBe(0);
      const { code, stdout } = await world.type(['--auto']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('2 landed')]);
      expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED' });
      expect(rig.read('T-1.txt') + rig.read('T-2.txt')).toBe('done\ndone\n');
    },
    LIMIT_MS,
  );

  test(
    'hostile arguments reach the model unharmed and sage as words, and do nothing on the way',
    async () => {
      await using world = await shellWorld(shell);
      const { rig } = world;
      const sage = join(rig.places.bin, 'sage');
      await symlink(join(repositoryRoot, 'bin/sage'), sage);
      expect(await install(rig, shell)).toBe(0);
      await rm(sage);
      await rig.program('sage', `echo begin; printf 'word %s\\n' "$@"`);
      // Codex starts a login shell, whose PATH is that of its user's profile.
      await writeFile(join(rig.places.home, '.profile'), `PATH="${rig.places.bin}:$PATH"\n`);
      const words = hostileFor(shell);
      const { stdout } = await world.type(words);
      const said = world.heard().find((one) => one.includes('plans, runs and lands by itself'));
      // Gemini CLI makes one line of it.
      const passed = wordsOf(words.join(' '));
      expect(wordsOf(wordsIn[shell](said ?? ''))).toEqual(passed);
      expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
      const got = [...stdout.matchAll(/^word (.*)$/gm)].map(([, word]) => word);
      expect(got).toEqual(['stream', ...passed]);
    },
    LIMIT_MS,
  );
});
