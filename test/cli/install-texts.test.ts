import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { adaptCommand } from '../../lib/cli/install/command-text.js';
import { markLine, readMark, sign } from '../../lib/cli/install/mark.js';
import { commandNames, fileShells } from '../../lib/cli/install/shells.js';
import { tomlText } from '../../lib/cli/install/toml-text.js';
import { repositoryRoot } from '../rig/home.js';

const sourceOf = (name: string) =>
  readFileSync(join(repositoryRoot, 'commands', name, 'SKILL.md'), 'utf8');

const shells = Object.entries(fileShells);

/** All texts of all shells, as they would be written. */
const all = shells.flatMap(([shell, rules]) =>
  commandNames.flatMap((name) => {
    const command = adaptCommand(sourceOf(name), name, rules, '/opt/sage/bin/sage');
    return rules
      .files(name, command)
      .map(({ path, text }) => ({ shell, name, command, path, text: sign(text(2)) }));
  }),
);

/** The calls in a text. */
const callsIn = (text: string) =>
  [...text.matchAll(/`(?:\/opt\/sage\/bin\/)?sage ([^`]+)`/g)].map(([, words]) => words);

describe('the commands in the words of other shells', () => {
  test('every call of the source is made by the given program; times are those that the shell bears', () => {
    for (const { shell, name, command } of all) {
      const span = shell === 'gemini' ? '4m' : '9m';
      const source = callsIn(sourceOf(name).replace(/^---[\s\S]*?\n---\n/, ''));
      expect(source.length).toBeGreaterThan(0);
      const wanted = source.map((words) => words?.replace('--for 9m', `--for ${span}`));
      expect({ shell, calls: callsIn(command.body) }).toEqual({ shell, calls: wanted });
      expect(command.body).not.toMatch(/`sage [a-z]/);
    }
  });

  test('nothing is left that only Claude Code understands', () => {
    for (const { shell, text } of all) {
      expect({ shell, text }).not.toEqual({
        shell,
        text: expect.stringMatching(
          /\$ARGUMENTS|CLAUDE|allowed-tools|PreToolUse|disable-model|argument-hint|\/sage:stream/,
        ),
      });
      if (shell !== 'opencode') expect(text).not.toMatch(/timeout/);
    }
  });

  test('nothing in a text is an injection or a placeholder of the shell but the place of the arguments', () => {
    for (const { shell, name, command } of all) {
      const { body } = command;
      if (shell === 'gemini') {
        expect(body.match(/\{\{.*?\}\}|[!@]\{/g)).toEqual(['{{args}}']);
      } else {
        // OpenCode runs !`…` and fills in $1; Codex takes $name for a skill.
        expect(body).not.toMatch(/!`|\$\d|\$ARGUMENTS/);
        const skills = shell === 'codex' ? [fileShells.codex.typed(name)] : [];
        const own = (body.match(/\$[a-z][\w-]*/g) ?? []).filter((word) => !skills.includes(word));
        expect(own).toEqual(shell === 'codex' && name === 'stream' ? ['$sage-stop'] : []);
      }
    }
  });

  test("the user's words stand where the shell puts them, and are said to be theirs", () => {
    const bodyOf = (shell: string) =>
      all.find((one) => one.shell === shell && one.name === 'stream')!.command.body;
    expect(bodyOf('gemini')).toMatch(/`;`:\n\n<arguments>\n\{\{args\}\}\n<\/arguments>\n/);
    expect(bodyOf('codex')).toMatch(/`;`:\n\n\(what stands behind `\$stream` /);
    expect(bodyOf('opencode')).toMatch(/`;`:\n\n\(what stands at the end[\s\S]*\nThe arguments:$/);
  });

  test('an answer in step mode is bound to a message of the user in words, where no hook does it', () => {
    for (const { name, command } of all)
      expect(command.body.includes('one answer at most')).toBe(name === 'stream');
  });

  test('front matter is YAML that names the command and describes it as its source does', () => {
    for (const { name, path, text, command } of all) {
      const described = /^description: (.*)$/m.exec(sourceOf(name))?.[1];
      expect(command.description).toBe(described);
      if (path.endsWith('.toml')) expect(text).toContain(`description = "${described}"`);
      if (!path.endsWith('.md')) continue;
      const [, head = '', body] = /^---\n([\s\S]*?)\n---\n\n([\s\S]*)\n$/.exec(text) ?? [];
      expect(body).toBe(command.body);
      expect(parse(head)).toEqual({
        description: described,
        ...(path.endsWith('SKILL.md') ? { name: path.split('/')[0] } : {}),
      });
    }
    const policies = all.filter(({ path }) => path.endsWith('openai.yaml'));
    expect(policies.map(({ text }) => parse(text) as unknown)).toEqual(
      commandNames.map(() => ({ policy: { allow_implicit_invocation: false } })),
    );
  });

  test('a text in TOML keeps every backslash and quote', () => {
    const quotes = tomlText(`a \\'\\'' """" "b" \\n\n`);
    expect(quotes).toBe(`"""\na \\\\'\\\\'' ""\\"" "b" \\\\n\n"""`);
  });

  test('a source that lost its place for the arguments is no command', () => {
    const source = sourceOf('stream').replace('$ARGUMENTS', '');
    expect(() => adaptCommand(source, 'stream', fileShells.gemini, 'sage')).toThrow(
      'commands/stream/SKILL.md',
    );
  });
});

describe('the mark of a file', () => {
  const signed = sign(`---\n${markLine(3)}\nname: x\n---\n\nText.\n`);

  test('says how many folders were made for it and that nobody changed it, with whatever line ends', () => {
    const sound = { folders: 3, isUnchanged: true };
    expect(readMark(signed)).toEqual(sound);
    expect(readMark(signed.replaceAll('\n', '\r\n'))).toEqual(sound);
    expect(readMark('---\nname: x\n---\n')).toBeUndefined();
  });

  test('shows any change, of the text or of the mark itself', () => {
    const changes: readonly (readonly [string, string])[] = [
      ['Text', 'text'],
      ['name: x', 'name: y'],
      ['folders=3', 'folders=9'],
      [/sha256=[0-9a-f]{8}/.exec(signed)![0], 'sha256=00000000'],
      [/sha256=[0-9a-f]+/.exec(signed)![0], 'sha256='],
    ];
    for (const [from, to] of changes)
      expect(readMark(signed.replace(from, to))).toMatchObject({ isUnchanged: false });
    expect(readMark(`${signed}\n`)).toMatchObject({ isUnchanged: false });
  });
});
