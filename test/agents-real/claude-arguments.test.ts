import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ModelRequest } from '../loopback/messages-server.js';
import { claude, claudeRig, pluginWith, withPlugin } from './claude-rig.js';
import { HOSTILE } from './hostile-words.js';
import { argumentsIn, bash, followCommand } from './host-model.js';

/** Types lines, each into a session of its own, a few at a time. */
async function inGroups(lines: readonly string[], type: (line: string) => Promise<unknown>) {
  for (let at = 0; at < lines.length; at += 4) await Promise.all(lines.slice(at, at + 4).map(type));
}

/** The conversation in which something was typed. */
const aboutIn = (requests: readonly ModelRequest[], typed: string) =>
  requests.filter(({ said }) => said.includes(`<command-args>${typed}</command-args>`));

/** Checks that each reached `sage` word for word, when the model did what the command's text says. */
async function reachAsWords(typed: Readonly<Record<string, string>>, ...flags: string[]) {
  await using world = await claudeRig(followCommand);
  const { rig, model } = world;
  await rig.tickets([{ id: 'T-1' }]);
  const folder = rig.places.root;
  const record = `printf '%s\\n' "$@" > "${folder}/words-$CLAUDE_CODE_SESSION_ID"; exit 2`;
  const plugin = await pluginWith(rig, record);
  // Claude Code refuses to skip permissions as root, unless told that this is a container.
  rig.env['IS_SANDBOX'] = '1';
  const lines = Object.values(typed).map((words) => `/stream ${words}`);
  await inGroups(lines, (line) => claude(rig, '-p', '--plugin-dir', plugin, ...flags, line));
  expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
  const seen = Object.entries(typed).map(([what, words]) => {
    const [first] = aboutIn(model.requests, words);
    const passed = readFileSync(join(folder, `words-${first!.caller}`), 'utf8');
    return [what, argumentsIn(first!.command!.text), passed.trimEnd().split('\n')];
  });
  // An expansion of the CLI's own is taken apart by a backslash.
  const shown = (words: string) => words.replace('!`', '\\! `');
  expect(seen).toEqual(
    Object.entries(typed).map(([what, words]) => [
      what,
      shown(words),
      ['stream', ...shown(words).split(/\s+/)],
    ]),
  );
}

describe('arguments of a slash command', () => {
  test('reach sage word for word, and what they would do in a shell is not done', () =>
    reachAsWords(HOSTILE));

  test('nor where all permission checks are off', () => {
    const some = Object.fromEntries(Object.entries(HOSTILE).slice(0, 4));
    return reachAsWords(some, '--permission-mode', 'bypassPermissions');
  });

  test('do no harm even when the model forgets to quote them', async () => {
    await using world = await claudeRig(({ turn, command }) => {
      if (turn > 0 || !command) return { say: 'Done.' };
      return bash(`${command.name.replace(':', ' ')} ${argumentsIn(command.text)}`);
    });
    const { rig, model } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const commands = ['/stream', '/validate', '/sage:status', '/sage:stop'];
    const harms = ['; touch harm', '$(touch harm)'];
    await inGroups(
      commands.flatMap((name) => harms.map((harm) => `${name} --json ${harm}`)),
      (line) => withPlugin(rig, line),
    );
    expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
    // Nothing of it ran: more than the command's own call is not granted.
    const answers = model.requests.flatMap(({ results }) => results);
    expect(answers).toHaveLength(8);
    const refusal = {
      isError: true,
      text: expect.stringMatching(/needs approval|can't be checked/),
    };
    expect(answers).toEqual(answers.map(() => refusal));
  });
});
