import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { astray, git, plant, PLANTED_FAILURE, STREAM_WORDS, type Stage } from './stage.js';

/** Plays the demo in `folder` from begin to end. Exit code 0 when everything went as planned. */
export async function play(context: Context, folder: string, isKept: boolean): Promise<number> {
  const { stdout } = context;
  stdout.line(`A small program to build, with its tickets: ${join(folder, 'textstat')}`);
  stdout.line(`$ sage ${STREAM_WORDS.join(' ')}`);
  const stage = await plant(context, folder);

  const code = await stream(stage);
  if (code !== exitCode.done && code !== exitCode.unlanded) return code;

  stdout.line('$ git log --graph --oneline');
  stdout.line(await git(context, stage.repository, ['log', '--graph', '--oneline', '--decorate']));
  if (isKept) nextSteps(context, stage);
  return (await astray(stage.repository)).length === 0 ? exitCode.done : exitCode.unlanded;
}

/** The run itself, as anybody would start it. */
async function stream({ home, repository, variables }: Stage): Promise<number> {
  const child = spawn(process.execPath, [join(home, 'bin/sage'), ...STREAM_WORDS], {
    cwd: repository,
    stdio: 'inherit',
    env: variables,
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

function nextSteps({ stdout }: Context, { home, repository }: Stage): void {
  const sage = `node ${join(home, 'bin/sage')}`;
  stdout.line('What to look at next:');
  stdout.line(`  cd ${repository} && node src/cli.mjs report README.md`);
  stdout.line(`  ${sage} rescue ${PLANTED_FAILURE}    # the work that did not pass, on a branch`);
  stdout.line('  git log -p .sage/tickets/index.json    # what the run wrote into the tickets');
}
