import { commandNames, type CommandName, type CommandText, type FileShell } from './shells.js';

const ARGUMENTS = /:\n\n<arguments>\n\$ARGUMENTS\n<\/arguments>\n/;
const TYPED = new RegExp(`\`/(?:sage:)?(${commandNames.join('|')})\``, 'g');
const CALL = /`sage (?=[a-z])/g;

/**
 * The text of a command (`commands/NAME/SKILL.md`, written for Claude Code) for another shell: without its front matter
 * but the description, with that shell's place for the user's words, names, times, and the program to call. What Claude
 * Code's hook sees to in step mode is said in words.
 */
export function adaptCommand(
  source: string,
  name: CommandName,
  shell: FileShell,
  program: string,
): CommandText {
  const [, head = '', text = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? [];
  const [, description] = /^description: (.+)$/m.exec(head) ?? [];
  if (description === undefined || !ARGUMENTS.test(text))
    throw new Error(`commands/${name}/SKILL.md is not as its readers know it`);
  const { block, end } = shell.words(name);
  const { span, call, again, status } = shell.waiting;
  const body = text
    .replace(ARGUMENTS, () => `:\n\n${block}\n`)
    .replace('With `--for` give the tool the timeout 600000;', () => status)
    .replace(', tool timeout 600000', () => call)
    .replace(', same timeout', () => again)
    .replaceAll('--for 9m', `--for ${span}`)
    .replace(TYPED, (_, other: CommandName) => `\`${shell.typed(other)}\``)
    .replace(CALL, () => `\`${program} `);
  const parts = [body.trim(), name === 'stream' ? ANSWERS : undefined, shell.note, end];
  return { description, body: parts.filter((part) => part !== undefined).join('\n\n') };
}

const ANSWERS =
  'Each message of the user gives one answer at most, and only to a question that was shown to them before it.';
