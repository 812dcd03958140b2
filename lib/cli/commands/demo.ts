import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGit } from '../../git/git.js';
import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';

/** The ticket whose agent claims what is not so: it must end as DEFERRED, all others as COMPLETED. */
const PLANTED_FAILURE = 'TEXT-006';

export const command: CliCommand = {
  name: 'demo',
  describe: 'Watch agents build a small program, offline, in a temporary folder',
  usage: ['sage demo [--rm]'],
  options: { rm: { type: 'flag', describe: 'Remove the folder at the end' } },
  epilogue:
    'Real git, real processes, real checks; the agent is a script with no model behind it. Two tickets conflict, one agent claims tests that it never ran, one check is flaky: all planted.',
  run: async (context, given) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sage-demo-')));
    try {
      return await show(context, folder, !given.flags.has('rm'));
    } finally {
      if (given.flags.has('rm')) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function show(context: Context, folder: string, isKept: boolean): Promise<number> {
  const { stdout } = context;
  const home = packageFolder();
  const repository = join(folder, 'textstat');
  stdout.line(`A small program to build, with its tickets: ${repository}`);
  stdout.line('$ sage stream --auto --parallel=3');
  await plant(context, home, repository);

  const code = await stream(context, home, repository, join(folder, 'state'));
  if (code !== exitCode.done && code !== exitCode.unlanded) return code;

  stdout.line('$ git log --graph --oneline');
  stdout.line(await git(context, repository, 'log', '--graph', '--oneline', '--decorate'));
  if (isKept) nextSteps(context, home, repository);
  return (await wentAsPlanned(repository)) ? exitCode.done : exitCode.unlanded;
}

/** The top of the installed package: the folder that holds the demo. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'demo/tickets.json')) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  return folder;
}

/** A repository with the project, its tickets and its configuration, on a branch to work on. */
async function plant(context: Context, home: string, repository: string): Promise<void> {
  await cp(join(home, 'demo/project'), repository, { recursive: true });
  await rename(join(repository, 'gitignore'), join(repository, '.gitignore'));
  await mkdir(join(repository, '.sage/tickets'), { recursive: true });
  await cp(join(home, 'demo/tickets.json'), join(repository, '.sage/tickets/index.json'));
  await writeFile(join(repository, '.sage/config.yaml'), configuration(home));
  await git(context, repository, 'init', '--quiet', '--initial-branch=textstat');
  await git(context, repository, 'config', 'user.name', 'sage demo');
  await git(context, repository, 'config', 'user.email', 'demo@example.invalid');
  await git(context, repository, 'add', '--all');
  await git(
    context,
    repository,
    'commit',
    '--quiet',
    '--message',
    'A program that tells its version',
  );
}

const configuration = (home: string) => `# Written by \`sage demo\`.
agent: demo
agents:
  demo: { kind: command, command: [node, ${JSON.stringify(join(home, 'demo/agent.mjs'))}], prompt: stdin }
verify:
  - node --test
  - node checks/warm-up.mjs
`;

/** The run itself, as anybody would start it; its lanes stay inside the demo's folder. */
async function stream(
  context: Context,
  home: string,
  repository: string,
  stateHome: string,
): Promise<number> {
  const args = [join(home, 'bin/sage'), 'stream', '--auto', '--parallel=3'];
  const child = spawn(process.execPath, args, {
    cwd: repository,
    stdio: 'inherit',
    env: { ...context.environment.variables, XDG_STATE_HOME: stateHome },
  });
  // A Ctrl-C reaches the run as well, which knows what to do; this process waits for it.
  const stay = () => undefined;
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', stay).on('SIGTERM', pass).on('SIGHUP', pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? exitCode.cancelled));
    });
  } finally {
    process.off('SIGINT', stay).off('SIGTERM', pass).off('SIGHUP', pass);
  }
}

function nextSteps({ stdout }: Context, home: string, repository: string): void {
  const sage = `node ${join(home, 'bin/sage')}`;
  stdout.line('What to look at next:');
  stdout.line(`  cd ${repository} && node src/cli.mjs report README.md`);
  stdout.line(`  ${sage} rescue ${PLANTED_FAILURE}    # the work that did not pass, on a branch`);
  stdout.line('  git log -p .sage/tickets/index.json    # what the run wrote into the tickets');
}

async function wentAsPlanned(repository: string): Promise<boolean> {
  const text = await readFile(join(repository, '.sage/tickets/index.json'), 'utf8');
  const { tickets } = JSON.parse(text) as {
    readonly tickets: readonly { readonly id: string; readonly state: string }[];
  };
  return tickets.every(
    ({ id, state }) => state === (id === PLANTED_FAILURE ? 'DEFERRED' : 'COMPLETED'),
  );
}

async function git(context: Context, cwd: string, ...args: readonly string[]): Promise<string> {
  const answer = await createGit(context.environment.variables)(args, { cwd });
  if (!answer.ok) throw new Refusal([answer.failure], exitCode.unlanded);
  return answer.value.stdout;
}
