import { describe, expect, test } from '@jest/globals';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installationSchema } from '../../lib/model/installation-schema.js';
import { answerDialogue } from '../rig/answer-dialogue.js';
import { repositoryRoot } from '../rig/home.js';
import { Rig } from '../rig/rig.js';

/** Every file and folder below one, with what files say. */
function tree(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/^\.git(\/|$)/.test(name),
  );
  const told = names.sort().map((name) => {
    const path = join(folder, name);
    return [name, lstatSync(path).isFile() ? readFileSync(path, 'utf8') : 'folder'] as const;
  });
  return Object.fromEntries(told);
}

const filesOf = (folder: string) =>
  Object.entries(tree(folder))
    .filter(([, text]) => text !== 'folder')
    .map(([name]) => name);

const PLACES = {
  codex: {
    home: '.codex/skills',
    files: ['stream', 'validate', 'sage-status', 'sage-stop'].flatMap((name) => [
      `${name}/SKILL.md`,
      `${name}/agents/openai.yaml`,
    ]),
    typed: ['$stream', '$validate', '$sage-status', '$sage-stop'],
  },
  gemini: {
    home: '.gemini/commands',
    files: ['stream.toml', 'validate.toml', 'sage/status.toml', 'sage/stop.toml'],
    typed: ['/stream', '/validate', '/sage:status', '/sage:stop'],
  },
  opencode: {
    home: '.config/opencode/commands',
    files: ['stream.md', 'validate.md', 'sage-status.md', 'sage-stop.md'],
    typed: ['/stream', '/validate', '/sage-status', '/sage-stop'],
  },
} as const;
const shells = Object.keys(PLACES) as (keyof typeof PLACES)[];
const every = shells.flatMap((shell) => ['--for', shell]);

describe('sage install', () => {
  test.each(shells)(
    'for %s: shown, written, written again is nothing to do, and taken back to the last folder',
    async (shell) => {
      await using rig = await Rig.create();
      const { home } = rig.places;
      const before = tree(home);
      const { home: folder, files, typed } = PLACES[shell];
      const shown = await rig.run('install', '--for', shell);
      expect([shown.code, shown.stderr]).toEqual([2, expect.stringContaining('--yes')]);
      expect(tree(home)).toEqual(before);

      const written = await rig.run('install', '--for', shell, '--yes');
      expect([written.code, written.stderr]).toEqual([0, '']);
      const paths = files.map((file) => join(folder, file));
      for (const path of paths) expect(written.stdout).toContain(`~/${path}  (`);
      expect(written.stdout).toContain(typed.join('  '));
      const after = tree(home);
      expect(filesOf(home)).toEqual(
        [...filesOf(home).filter((name) => name in before), ...paths].sort(),
      );

      const again = await rig.run('install', '--for', shell);
      expect([again.code, again.stderr]).toEqual([0, '']);
      expect(again.stdout).toContain('as it is');
      expect(tree(home)).toEqual(after);

      const asked = await rig.run('install', '--for', shell, '--remove');
      expect([asked.code, tree(home)]).toEqual([2, after]);
      expect((await rig.run('install', '--for', shell, '--remove', '--yes')).code).toBe(0);
      expect(tree(home)).toEqual(before);
      const gone = await rig.run('install', '--for', shell, '--remove');
      expect([gone.code, gone.stdout]).toEqual([0, expect.stringContaining('nothing of ours')]);
    },
  );

  test('--project writes into the project, from any of its folders, and leaves no trace when removed', async () => {
    await using rig = await Rig.create({
      files: { 'deep/down/file': 'x\n', '.opencode/x.json': '{}\n' },
    });
    const before = [tree(rig.checkout), tree(rig.places.home)];
    const here = { cwd: join(rig.checkout, 'deep/down') };
    const call = ['install', ...every, '--project', '--yes'];
    const written = await rig.startWith(here, ...call).wait();
    expect([written.code, written.stderr]).toEqual([0, '']);
    // Not on the PATH: who shares the project is told.
    expect(written.stdout).toContain(`! the texts call ${repositoryRoot}/bin/sage`);
    for (const [folder, files] of [
      ['.codex/skills', PLACES.codex.files],
      ['.gemini/commands', PLACES.gemini.files],
      ['.opencode/commands', PLACES.opencode.files],
    ] as const)
      expect(filesOf(join(rig.checkout, folder))).toEqual([...files].sort());
    expect(tree(rig.places.home)).toEqual(before[1]);
    const removed = await rig.startWith(here, ...call, '--remove').wait();
    expect([removed.code, removed.stderr]).toEqual([0, '']);
    expect([tree(rig.checkout), tree(rig.places.home)]).toEqual(before);
  });

  test("what the user's variables say of the places holds", async () => {
    await using rig = await Rig.create();
    const { root } = rig.places;
    const env = {
      CODEX_HOME: join(root, 'a'),
      GEMINI_CLI_HOME: join(root, 'b'),
      OPENCODE_CONFIG_DIR: join(root, 'c'),
    };
    expect((await rig.startWith({ env }, 'install', ...every, '--yes').wait()).code).toBe(0);
    for (const path of [
      'a/skills/stream/SKILL.md',
      'b/.gemini/commands/stream.toml',
      'c/commands/stream.md',
    ])
      expect(existsSync(join(root, path))).toBe(true);
  });

  test('--dry-run shows each text whole, --json tells the same to programs, and nothing is changed', async () => {
    await using rig = await Rig.create();
    const before = tree(rig.places.home);
    const dry = await rig.run('install', ...every, '--dry-run', '--json');
    const told = installationSchema.parse(JSON.parse(dry.stdout));
    expect(told).toEqual(JSON.parse(dry.stdout));
    expect(told).toMatchObject({ dryRun: true, verb: 'install', scope: 'user' });
    expect(told.shells.map(({ shell, typed }) => [shell, typed])).toEqual(
      shells.map((shell) => [shell, PLACES[shell].typed]),
    );
    const shown = await rig.run('install', ...every, '--dry-run');
    expect([shown.code, tree(rig.places.home)]).toEqual([0, before]);
    const refused = await rig.run('install', ...every, '--json');
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([2, { version: 1 }]);
    await rig.run('install', ...every, '--yes');
    for (const { path, bytes, text, action } of told.shells.flatMap(({ files }) => files)) {
      const written = readFileSync(path, 'utf8');
      expect([action, text, bytes]).toEqual(['write', written, Buffer.byteLength(written)]);
      for (const line of written.trimEnd().split('\n'))
        expect(shown.stdout).toContain(`    | ${line}`.trimEnd());
    }
  });

  test('a file that it did not write or that was changed since stays: all are told at once, nothing is changed', async () => {
    await using rig = await Rig.create();
    const { home } = rig.places;
    const at = (path: string) => join(home, '.config/opencode/commands', path);
    await rig.run('install', '--for', 'opencode', '--yes');
    await rm(at('sage-status.md'));
    await writeFile(at('sage-status.md'), 'of the user\n');
    await appendFile(at('stream.md'), 'and more\n');
    await rm(at('validate.md'));
    await symlink('/dev/null', at('validate.md'));
    await mkdir(join(home, '.gemini/commands'), { recursive: true });
    await writeFile(join(home, '.gemini/commands/stream.toml'), 'prompt = "mine"\n');
    const before = tree(home);
    const { code, stdout, stderr } = await rig.run('install', ...every, '--yes', '--json');
    const { failures } = JSON.parse(stdout) as { failures: { code: string; hint: string }[] };
    expect([code, failures.map((one) => one.code)]).toEqual([
      2,
      ['install/not-ours', 'install/changed', 'install/not-ours', 'install/not-ours'],
    ]);
    for (const path of ['sage-status.md', 'stream.md', 'validate.md'])
      expect(stderr).toContain(`mv ${at(path)} ${at(path)}.old`);
    expect(tree(home)).toEqual(before);

    // The way out that it named.
    for (const { hint } of failures) {
      const { code: moved } = await rig.shell(hint.slice(hint.indexOf('mv ')));
      expect(moved).toBe(0);
    }
    expect((await rig.run('install', ...every, '--yes')).code).toBe(0);
    expect(readFileSync(`${at('sage-status.md')}.old`, 'utf8')).toBe('of the user\n');
  });

  test('--remove leaves what the user put beside, and refuses where a text was changed', async () => {
    await using rig = await Rig.create();
    const { home } = rig.places;
    const skills = join(home, '.codex/skills');
    await rig.run('install', '--for', 'codex', '--yes');
    const written = tree(home);
    await appendFile(join(skills, 'stream/SKILL.md'), 'mine\n');
    const refused = await rig.run('install', '--for', 'codex', '--remove', '--yes');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`rm ${skills}/stream/SKILL.md`),
    ]);
    expect(Object.keys(tree(home))).toEqual(Object.keys(written));
    await rm(join(skills, 'stream/SKILL.md'));
    await writeFile(join(skills, 'validate/notes'), 'mine\n');
    expect((await rig.run('install', '--for', 'codex', '--remove', '--yes')).code).toBe(0);
    expect(Object.keys(tree(skills))).toEqual(['validate', 'validate/notes']);
  });

  test('a text of another version of it is renewed, also after git changed its line ends', async () => {
    await using rig = await Rig.create();
    const toml = join(rig.places.home, '.gemini/commands/stream.toml');
    // What the program is called by changes the text.
    await rig.run('install', '--for', 'gemini', '--yes');
    const old = readFileSync(toml, 'utf8');
    expect(old).toContain(`\`${repositoryRoot}/bin/sage stream ARGS`);
    await writeFile(toml, old.replaceAll('\n', '\r\n'));
    const program = join(rig.places.bin, 'sage');
    await symlink(join(repositoryRoot, 'bin/sage'), program);
    const renewed = await rig.run('install', '--for', 'gemini', '--yes');
    expect(renewed.stdout).toContain('renew     ~/.gemini/commands/stream.toml');
    expect(readFileSync(toml, 'utf8')).toContain('`sage stream ARGS`');
    // Another program of that name, and only our other name.
    await rm(program);
    await rig.program('sage', 'echo SageMath');
    await symlink(join(repositoryRoot, 'bin/sage'), join(rig.places.bin, 'sage-stream'));
    await rig.run('install', '--for', 'gemini', '--yes');
    expect(readFileSync(toml, 'utf8')).toContain('`sage-stream stream ARGS`');
    expect((await rig.run('install', '--for', 'gemini', '--remove', '--yes')).code).toBe(0);
    expect(existsSync(dirname(dirname(toml)))).toBe(false);
  });

  test('one place that cannot be written takes back what was written before', async () => {
    await using rig = await Rig.create();
    const { home } = rig.places;
    await mkdir(join(home, '.config/opencode'), { recursive: true });
    await symlink('nowhere', join(home, '.config/opencode/commands'));
    const before = tree(home);
    const { code, stderr } = await rig.run('install', ...every, '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining('install/not-possible')]);
    expect(tree(home)).toEqual(before);
  });

  test('on a terminal it asks; a no changes nothing, a yes installs', async () => {
    await using rig = await Rig.create();
    const before = tree(rig.places.home);
    const words = ['install', '--for', 'gemini'];
    const said = await answerDialogue(rig, words, [['Install it? [yes]: ', 'no']]);
    expect([said, tree(rig.places.home)]).toEqual([
      expect.stringContaining('Nothing was changed'),
      before,
    ]);
    await answerDialogue(rig, words, [['Install it? [yes]: ', '']]);
    expect(filesOf(join(rig.places.home, '.gemini'))).toHaveLength(4);
    await answerDialogue(rig, [...words, '--remove'], [['Remove it? [yes]: ', 'y']]);
    expect(tree(rig.places.home)).toEqual(before);
  });

  test('without a shell, with an unknown one, outside a project: refused with the way out', async () => {
    await using rig = await Rig.create();
    for (const [words, said] of [
      [[], '--for is missing'],
      [['--for', 'emacs', '--for', 'vi'], /"emacs"[\s\S]*"vi"[\s\S]*--for codex/],
      [['--for'], '--for codex'],
    ] as const) {
      const { code, stderr } = await rig.run('install', ...words);
      expect([code, stderr]).toEqual([
        2,
        typeof said === 'string' ? expect.stringContaining(said) : expect.stringMatching(said),
      ]);
    }
    const outside = { cwd: rig.places.tmp };
    const { code, stderr } = await rig
      .startWith(outside, 'install', '--for', 'codex', '--project', '--yes')
      .wait();
    expect([code, stderr]).toEqual([2, expect.stringContaining('git/not-a-repository')]);
    expect((await rig.run('install', '--for', 'claude', '--yes')).stderr).toContain(
      'Claude Code is not on the PATH',
    );
  });
});
