import type { ChildProcess } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Repository } from '../../git/places.js';
import type { Begun } from '../../model/answer-schemas.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { callAgain } from './call-again.js';
import { draftOf } from './output-place.js';

/** What the process that runs tells the one that the user called, once. */
export type Word = Omit<Begun, 'version' | 'pid'>;

/**
 * `--detach`: makes the same call again in a session of its own, and answers as soon as the run is owned and planned. A
 * call that ends before (a refusal, nothing to do) is told with its words and its exit code, as if it had not been
 * detached. Ctrl-C before the answer is passed on.
 */
export async function detach(
  context: Context,
  { commonDir }: Repository,
  asJson: boolean,
): Promise<number> {
  const draft = await draftOf(context, commonDir);
  const { child, output } = await startAgain(context, draft, asJson);
  const passOn = () => child.kill('SIGINT');
  process.on('SIGINT', passOn);
  try {
    const outcome = await firstOf(child);
    if (typeof outcome === 'object') {
      const begun: Begun = { version: 1, pid: child.pid ?? 0, ...outcome };
      context.stdout.line(
        asJson
          ? JSON.stringify(begun)
          : `${await saidIn(outcome.output)}${detached(begun, context.cwd)}`,
      );
      return exitCode.done;
    }
    const [said, complained] = await Promise.all([saidIn(output.log), saidIn(output.errors)]);
    if (asJson || outcome === exitCode.done) context.stdout.write(said);
    else context.stderr.write(said);
    if (asJson) context.stderr.write(complained);
    return outcome;
  } finally {
    process.off('SIGINT', passOn);
    // What the run has taken over does not lie here any more.
    await Promise.all([output.log, output.errors].map((file) => rm(file, { force: true })));
  }
}

/** The two files of a detached call before its run has a folder; only JSON is kept apart from other words. */
const filesOf = (draft: string, asJson: boolean) => ({
  log: `${draft}.log`,
  errors: asJson ? `${draft}.errors` : `${draft}.log`,
});

async function startAgain(context: Context, draft: string, asJson: boolean) {
  const files = filesOf(draft, asJson);
  const log = await open(files.log, 'ax');
  const errors = asJson ? await open(files.errors, 'ax') : log;
  try {
    const stdio = ['ignore', log.fd, errors.fd, 'ipc'] as const;
    const child = callAgain(context, `--detached=${draft}`, [...stdio], /^--detach(=|$)/);
    return { child, output: files };
  } finally {
    await Promise.all([...new Set([log, errors])].map((file) => file.close()));
  }
}

/** The run's word that it goes on, or the exit code of a call that ended without a run. */
function firstOf(child: ChildProcess): Promise<Word | number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve(code ?? (signal === 'SIGINT' ? exitCode.cancelled : exitCode.bug)),
    );
    child.once('message', (word) => {
      child.disconnect();
      child.unref();
      resolve(word as Word);
    });
  });
}

const saidIn = (file: string) => readFile(file, 'utf8').catch(() => '');

const detached = ({ pid, output }: Begun, cwd: string) =>
  [
    `detached: it goes on as process ${pid}, its output is in ${relative(cwd, output)}`,
    '  → sage status --follow   how it goes, until its end',
    '  → sage stop              what runs finishes and lands, nothing new starts',
  ].join('\n');
