import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGit } from '../../git/git.js';
import { demand } from '../../model/failure.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { packageFolder } from '../package-folder.js';

/** The ticket whose agent claims what is not so: it must end as DEFERRED, all others as COMPLETED. */
export const PLANTED_FAILURE = 'TEXT-006';

/** What a demo is given: the words for the run, and the places. */
export interface Stage {
  /** The demo's own temporary folder. */
  readonly folder: string;
  /** The repository in it that is worked on. */
  readonly repository: string;
  /** The top of the installed package. */
  readonly home: string;
  /** Variables for the runs: their lanes stay inside the folder. */
  readonly variables: Readonly<Record<string, string>>;
}

export const STREAM_WORDS = ['stream', '--auto', '--parallel=3'];

/**
 * A repository with the project, its tickets and its configuration, on a branch to work on. `agentWords`: more for the
 * agent's command line.
 */
export async function plant(
  context: Context,
  folder: string,
  agentWords: readonly string[] = [],
): Promise<Stage> {
  const home = packageFolder();
  const repository = join(folder, 'textstat');
  await cp(join(home, 'demo/project'), repository, { recursive: true });
  await rename(join(repository, 'gitignore'), join(repository, '.gitignore'));
  await mkdir(join(repository, '.sage/tickets'), { recursive: true });
  await cp(join(home, 'demo/tickets.json'), join(repository, '.sage/tickets/index.json'));
  await writeFile(join(repository, '.sage/config.yaml'), configuration(home, agentWords));
  const commands = [
    ['init', '--quiet', '--initial-branch=textstat'],
    ['config', 'user.name', 'sage demo'],
    ['config', 'user.email', 'demo@example.invalid'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'A program that tells its version'],
  ];
  for (const words of commands) await git(context, repository, words);
  const variables = { ...context.environment.variables, XDG_STATE_HOME: join(folder, 'state') };
  return { folder, repository, home, variables };
}

function configuration(home: string, agentWords: readonly string[]): string {
  const words = [join(home, 'demo/agent.mjs'), ...agentWords].map((word) => JSON.stringify(word));
  return `# Written by \`sage demo\`.
agent: demo
agents:
  demo: { kind: command, command: [node, ${words.join(', ')}], prompt: stdin }
verify:
  - node --test
  - node checks/warm-up.mjs
`;
}

/** Ids of the tickets whose state in the checkout's index is not the one planned. */
export async function astray(repository: string): Promise<readonly string[]> {
  const text = await readFile(join(repository, '.sage/tickets/index.json'), 'utf8');
  const { tickets } = JSON.parse(text) as {
    readonly tickets: readonly { readonly id: string; readonly state: string }[];
  };
  return tickets
    .filter(({ id, state }) => state !== (id === PLANTED_FAILURE ? 'DEFERRED' : 'COMPLETED'))
    .map(({ id, state }) => `${id} is ${state}`);
}

/** What git answers on standard output; a Refusal when it cannot. */
export async function git(
  context: Context,
  cwd: string,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const answer = await createGit(context.environment.variables)(words, {
    cwd,
    ...(input === undefined ? {} : { input }),
  });
  return demand(answer, exitCode.unlanded).stdout;
}
