import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { duration } from '../../show/duration.js';
import { createPaint } from '../../show/paint.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { isOver, startSage, tellRun, type Start } from './chaos-run.js';
import { drawKills, type Draw } from './draw-kills.js';
import { killNow } from './kill.js';
import { prove } from './proofs.js';
import { recordWords } from './record-words.js';
import { plant, STREAM_WORDS, type Stage } from './stage.js';

/** What was asked of the chaos. */
export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
}

/**
 * Plays the demo in `folder` and kills it again and again, each time going on with `sage resume`; then proves that
 * nothing came of it. Exit code 0 when all proofs hold, 1 when one does not.
 */
export async function playChaos(
  context: Context,
  folder: string,
  { seed, kills }: ChaosOptions,
  isKept: boolean,
): Promise<number> {
  const { stdout } = context;
  const temporary = join(folder, 'tmp');
  const calls = join(folder, 'calls.ndjson');
  const log = join(folder, 'output.log');
  await mkdir(temporary);
  const planted = await plant(context, folder, ['--calls', calls]);
  const stage = { ...planted, variables: { ...planted.variables, TMPDIR: temporary } };
  stdout.line(
    `The demo, killed ${kills} times with SIGKILL, each time gone on with (seed ${seed}).`,
  );
  stdout.line(`Everything lies in ${folder}; what the runs say, in output.log there.`);

  const startedAt = context.clock.monotonic();
  const since = () => context.clock.monotonic() - startedAt;
  const outcome = await killAll(context, stage, log, drawKills(seed, kills), since);
  if (outcome.isCancelled) {
    stdout.line(`Cancelled. The folder is kept: ${folder}`);
    return exitCode.cancelled;
  }
  stdout.line('');
  stdout.line(
    `${outcome.kills} kills, ${outcome.starts} starts, ${duration(since())}. What holds:`,
  );
  const paint = createPaint(stdout.hasColour);
  const proofs = await prove(context, stage, { temporary, calls });
  for (const { holds, words, faults } of proofs) {
    stdout.line(`  ${holds ? paint.green('✓') : paint.red('✗')} ${words}`);
    for (const fault of faults) stdout.line(`      ${fault}`);
  }
  const holds = proofs.every((proof) => proof.holds);
  if (!holds) stdout.line(`Not everything holds; the folder is kept: ${folder} (seed ${seed})`);
  if (isKept || !holds) await nextSteps(context, stage, log);
  return holds ? exitCode.done : exitCode.unlanded;
}

interface Outcome {
  readonly kills: number;
  readonly starts: number;
  readonly isCancelled: boolean;
}

/** Starts and kills, as drawn, and lets the last start go on to its end. */
async function killAll(
  { stdout }: Context,
  stage: Stage,
  log: string,
  draws: readonly Draw[],
  since: () => number,
): Promise<Outcome> {
  let kills = 0;
  let starts = 0;
  let current: Start | undefined;
  const cancelled = new AbortController();
  // The runs are in groups of their own, so that they can be killed by group: no Ctrl-C reaches them.
  const cancel = () => {
    cancelled.abort();
    if (current && !current.hasEnded()) process.kill(current.pid, 'SIGTERM');
  };
  process.on('SIGINT', cancel).on('SIGTERM', cancel).on('SIGHUP', cancel);
  try {
    for (const draw of [...draws, undefined]) {
      current = await startSage(stage, starts === 0 ? STREAM_WORDS : ['resume'], log);
      starts += 1;
      if (!draw) break;
      if (draw.records > 0) await current.records(draw.records);
      await Promise.race([pause(draw.delayMs), current.exited]);
      // What is left of a run that is over is its own leave-taking.
      const isDone = cancelled.signal.aborted || isOver(await tellRun(stage));
      const killed = isDone ? undefined : await killNow(current, draw);
      await current.exited;
      if (killed === undefined) break;
      kills += 1;
      const told = await tellRun(stage);
      const record = `record ${told?.events.length ?? 0}`;
      stdout.line(
        `${duration(since()).padStart(7)}  ${recordWords(told?.events.at(-1))} (${record}): killed ${killed}`,
      );
    }
    await current?.exited;
  } catch (error) {
    cancel();
    await current?.exited.catch(() => undefined);
    throw error;
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel).off('SIGHUP', cancel);
  }
  return { kills, starts, isCancelled: cancelled.signal.aborted };
}

async function nextSteps({ stdout }: Context, stage: Stage, log: string): Promise<void> {
  const sage = `node ${join(stage.home, 'bin/sage')}`;
  const told = await tellRun(stage);
  stdout.line('What to look at next:');
  stdout.line(`  cd ${stage.repository} && git log --graph`);
  stdout.line(`  ${sage} verify-run    # the same check again, from git and the journal alone`);
  if (told)
    stdout.line(`  less ${told.file}    # the journal: every death is followed by run.resumed`);
  stdout.line(`  less ${log}    # what the runs said`);
}
