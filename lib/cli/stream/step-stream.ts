import type { ChildProcess } from 'node:child_process';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Repository } from '../../git/places.js';
import { readFirstRecord } from '../../journal/read.js';
import { readLivingOwner } from '../../journal/read-owner.js';
import { runDirectory, sageDirectory } from '../../journal/run-directory.js';
import { runId, type RunId } from '../../model/ids.js';
import type { Step } from '../../model/question-schema.js';
import { askingRun } from '../../run/asking-run.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import type { StreamOptions } from '../options/stream.js';
import { callAgain } from './call-again.js';
import { draftOf, placeFor } from './output-place.js';
import { tellStep } from './tell-step.js';

const LOOK_MS = 50;

/**
 * `sage stream --step`: for callers without a terminal. Follows the run that asks here to its next question; where none
 * goes on, starts one, or goes on with one that was cut off, in a session of its own, which outlives the caller.
 */
export async function stepStream(
  context: Context,
  repository: Repository,
  options: StreamOptions,
): Promise<number> {
  const asJson = options.format === 'json';
  const manner = { asJson, ...(options.forMs === undefined ? {} : { forMs: options.forMs }) };
  const going = await askingRun(repository.commonDir);
  if (going !== undefined) return tellStep(context, repository, going, manner);
  const begun = await begin(context, repository.commonDir);
  if ('run' in begun) {
    const { run, output } = begun;
    return tellStep(context, repository, run, { ...manner, ...(output ? { output } : {}) });
  }
  // It ended before there was a run: a refusal, or nothing to do.
  if (begun.code !== exitCode.done) {
    const [failures] = /^\{"version":1,"failures":.*$/m.exec(begun.said) ?? [];
    context.stderr.write(failures ? begun.said.replace(`${failures}\n`, '') : begun.said);
    if (asJson && failures) context.stdout.line(failures);
    return begun.code;
  }
  const nothing: Step = {
    ...{ version: 1, state: 'nothing', landed: 0, total: 0 },
    ...{ next: [], message: begun.said.trim() },
  };
  context.stdout.line(asJson ? JSON.stringify(nothing, null, 2) : begun.said.trim());
  return exitCode.done;
}

type Begun =
  /** `output`: what its process says. */
  | { readonly run: RunId; readonly output?: string }
  | { readonly code: number; readonly said: string };

/** Makes the same call again, detached, and waits until a run is its own, or it has ended. */
async function begin(context: Context, commonDir: string): Promise<Begun> {
  const log = `${await draftOf(context, commonDir)}.log`;
  const output = await open(log, 'wx');
  const child = callAgain(context, `--stepping=${log}`, ['ignore', output.fd, output.fd]);
  child.unref();
  await output.close();
  const end = endOf(child);
  for (;;) {
    const code = await Promise.race([end, pause(LOOK_MS).then(() => undefined)]);
    const run = await runOf(commonDir, child.pid);
    if (run !== undefined) {
      const place = placeFor(runDirectory(commonDir, run).path);
      const isMoved = await rename(log, place).then(
        () => true,
        () => false,
      );
      return { run, output: isMoved ? place : log };
    }
    if (code === undefined) continue;
    const said = await readFile(log, 'utf8').catch(() => '');
    await rm(log, { force: true });
    // It began and ended between two looks: a red base that was known to be red.
    const [, known] = /^run (\d{8}-\d{6}-[0-9a-f]+)[: ]/m.exec(said) ?? [];
    return known === undefined ? { code, said } : { run: runId(known) };
  }
}

/** The run that this process owns and has planned. */
async function runOf(commonDir: string, pid: number | undefined): Promise<RunId | undefined> {
  const owner = await readLivingOwner(sageDirectory(commonDir));
  if (owner === undefined || owner.pid !== pid) return undefined;
  const first = await readFirstRecord(runDirectory(commonDir, owner.run).events);
  return first && owner.run;
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? exitCode.bug));
  });
}
