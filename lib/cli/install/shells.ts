import { isAbsolute, join } from 'node:path';
import type { Environment } from '../../config/environment.js';
import type { AgentShell } from '../../model/installation-schema.js';
import { markLine } from './mark.js';
import { tomlText } from './toml-text.js';

/** The commands there are, by the names of their folders below `commands/`. */
export const commandNames = ['stream', 'validate', 'status', 'stop'] as const;

export type CommandName = (typeof commandNames)[number];

/** What a command says, in the words of one shell. */
export interface CommandText {
  readonly description: string;
  readonly body: string;
}

/** One file of a command: its path below the shell's folder, and its text but for the fingerprint. */
interface ShellFile {
  readonly path: string;
  readonly text: (folders: number) => string;
}

/** How long a call may wait, and how the model is told to let it. */
interface Waiting {
  readonly span: string;
  /** Behind a call that waits; empty: nothing. */
  readonly call: string;
  /** The same behind the next one. */
  readonly again: string;
  /** Of `status --for`, before what its exit code says. */
  readonly status: string;
}

/** What is particular to an agent shell that reads commands from files. */
export interface FileShell {
  readonly title: string;
  /** The folder of its user's own commands. */
  readonly userFolder: (environment: Environment) => string;
  /** The folder of a project's commands, below the top of the project. */
  readonly projectFolder: string;
  /** What its user types. */
  readonly typed: (name: CommandName) => string;
  /** What stands in the place of the user's words: `block`; and, where they follow the text, how that ends. */
  readonly words: (name: CommandName) => { readonly block: string; readonly end?: string };
  readonly waiting: Waiting;
  /** A last paragraph for every command. */
  readonly note?: string;
  readonly files: (name: CommandName, command: CommandText) => readonly ShellFile[];
}

export type FileShellName = Exclude<AgentShell, 'claude'>;

/** Names that a shell has commands of its own for get ours in front. */
const longName = (name: CommandName) =>
  name === 'stream' || name === 'validate' ? name : `sage-${name}`;

const absolute = (path: string | undefined) =>
  path !== undefined && isAbsolute(path) ? path : undefined;

/** A text with front matter: lines of YAML, then the body. */
const markdown = (head: readonly string[], body: string) => (folders: number) =>
  ['---', markLine(folders), ...head, '---', '', `${body}\n`].join('\n');

export const fileShells: Readonly<Record<FileShellName, FileShell>> = {
  codex: {
    title: 'Codex',
    // Codex alone looks there: what lies below .agents/skills, OpenCode's model is offered, too.
    userFolder: ({ variables, home }) =>
      join(absolute(variables['CODEX_HOME']) ?? join(home, '.codex'), 'skills'),
    projectFolder: '.codex/skills',
    typed: (name) => `$${longName(name)}`,
    words: (name) => ({
      block: `(what stands behind \`$${longName(name)}\` in the user's message; it may be nothing)`,
    }),
    waiting: {
      span: '9m',
      call: ', waiting in its session for its end',
      again: ', waiting in the same way',
      status: 'With `--for` wait in its session for its end;',
    },
    note: 'Where the sandbox keeps a call from the git directory or the network, have the user asked to let it run outside.',
    files: (name, { description, body }) => [
      {
        path: `${longName(name)}/SKILL.md`,
        text: markdown([`name: ${longName(name)}`, `description: ${description}`], body),
      },
      {
        // The model does not call it by itself.
        path: `${longName(name)}/agents/openai.yaml`,
        text: (folders) => `${markLine(folders)}\npolicy:\n  allow_implicit_invocation: false\n`,
      },
    ],
  },
  gemini: {
    title: 'Gemini CLI',
    userFolder: ({ variables, home }) =>
      join(absolute(variables['GEMINI_CLI_HOME']) ?? home, '.gemini/commands'),
    projectFolder: '.gemini/commands',
    typed: (name) => (longName(name) === name ? `/${name}` : `/sage:${name}`),
    words: () => ({ block: '<arguments>\n{{args}}\n</arguments>' }),
    // A call of its shell tool that is silent for five minutes is ended.
    waiting: { span: '4m', call: '', again: '', status: 'With `--for`, which takes `4m` at most,' },
    files: (name, { description, body }) => [
      {
        path: longName(name) === name ? `${name}.toml` : `sage/${name}.toml`,
        text: (folders) =>
          `${markLine(folders)}\ndescription = ${JSON.stringify(description)}\nprompt = ${tomlText(`${body}\n`)}\n`,
      },
    ],
  },
  opencode: {
    title: 'OpenCode',
    userFolder: ({ variables, home }) =>
      join(
        absolute(variables['OPENCODE_CONFIG_DIR']) ??
          join(absolute(variables['XDG_CONFIG_HOME']) ?? join(home, '.config'), 'opencode'),
        'commands',
      ),
    projectFolder: '.opencode/commands',
    typed: (name) => `/${longName(name)}`,
    // Without a placeholder they are put behind the text as they are; put in, `$&` and quotes would change.
    words: () => ({
      block: '(what stands at the end of this text, below `The arguments:`; it may be nothing)',
      end: 'The arguments:',
    }),
    waiting: {
      span: '9m',
      call: ', tool timeout 600000',
      again: ', same timeout',
      status: 'With `--for` give the tool the timeout 600000;',
    },
    files: (name, { description, body }) => [
      {
        path: `${longName(name)}.md`,
        text: markdown([`description: ${description}`], body),
      },
    ],
  },
};
