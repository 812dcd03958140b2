import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Repository } from '../../git/places.js';
import { sageDirectory } from '../../journal/run-directory.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';

/** How long the caller waits for the run's first word; a slow survey of a large repository is not taken as a failure. */
const PATIENCE_MS = 15_000;

/** A run has begun, in plain lines or in JSON. */
const BEGUN = /^run \S+: |"type":"run\.started"/m;

/**
 * `sage stream --auto --detach`: starts the same call in a session of its own, which outlives the shell it was made in,
 * and answers as soon as the run has begun: what it said so far, where the rest goes, how to stop it. A call that ends
 * before (a refusal, nothing to do) is told with its exit code, as if it had not been detached.
 */
export async function detachStream(context: Context, { commonDir }: Repository): Promise<number> {
  const folder = join(sageDirectory(commonDir), 'output');
  await mkdir(folder, { recursive: true });
  const stamp = new Date(context.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const log = join(folder, `${stamp}-${process.pid}.log`);
  const output = await open(log, 'wx');
  const [, program = '', ...args] = process.argv;
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, ...args.filter((word) => word !== '--detach')],
    {
      cwd: context.cwd,
      env: context.environment.variables,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    },
  );
  let code: number | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', ({ message }) => {
      context.stderr.line(`sage could not be started again: ${message}`);
      code = exitCode.bug;
      resolve();
    });
    child.once('exit', (status) => {
      code = status ?? exitCode.bug;
      resolve();
    });
  });
  child.unref();
  await output.close();

  const said = () => readFile(log, 'utf8');
  const giveUpAt = context.clock.monotonic() + PATIENCE_MS;
  while (code === undefined && context.clock.monotonic() < giveUpAt && !BEGUN.test(await said())) {
    await Promise.race([ended, pause(50)]);
  }
  context.stdout.write(await said());
  if (code !== undefined) {
    await rm(log, { force: true });
    return code;
  }
  const pid = String(child.pid);
  context.stderr.line(
    `Detached: it goes on as process ${pid}, its output is in ${log}.\n` +
      `\`kill -INT ${pid}\` lets running tickets finish, \`kill ${pid}\` cancels them; their work is kept.`,
  );
  return exitCode.done;
}
