import type { RunState } from '../engine/state.js';
import type { Ownership } from '../journal/owner.js';
import { newRunId } from '../journal/run-directory.js';
import type { RunEvent } from '../model/event.js';
import { callOf } from '../model/backlog.js';
import { Refusal } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import { beginRun } from './begin-run.js';
import { clearUp, sweepLeftovers } from './clear-up.js';
import { firstRunWords } from './first-run.js';
import { changedKeys, keyFailures, keyMarksOf, keyWarnings } from './keys.js';
import { live, NOTHING_YET, type LivingRun } from './live.js';
import { findOwedStates, writeOwedStates } from './owed-states.js';
import { ownRepository } from './own-repository.js';
import { foldJournal } from './read-run.js';
import { readRunFiles, type RunFiles } from './run-files.js';
import type { ResumeRequest, RunRequest } from './run-request.js';
import { findUnfinished, type Unfinished } from './unfinished.js';

export type RunOutcome =
  | { readonly kind: 'finished'; readonly exitCode: number; readonly state: RunState }
  | { readonly kind: 'nothing-to-do'; readonly exitCode: number; readonly message: string };

/**
 * One start of `sage stream --auto`: goes on with a run that was interrupted, else begins a new one. Refusals come
 * before anything on disk is changed. Only one process runs in a repository at a time.
 */
export async function executeRun(request: RunRequest): Promise<RunOutcome> {
  const unfinished = await findUnfinished(request.surroundings.repository.commonDir);
  if (!unfinished) await payStates(request);
  else refuseOther(unfinished, request);
  const outcome = unfinished
    ? await resume(request, unfinished.directory.run)
    : await begin(request);
  // Somebody else began, or finished, a run before this process owned the repository: look again.
  return outcome ?? (await executeRun(request));
}

/** What was begun for other work is gone on with when somebody says so. */
function refuseOther({ directory, planned }: Unfinished, { backlog }: RunRequest): void {
  const other = planned.backlog ?? 'tickets';
  if (other === backlog) return;
  throw new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `run ${directory.run} of \`${callOf(other)}\` was interrupted here, or goes on`,
        hint: 'go on with it first: sage resume',
      },
    ],
    2,
  );
}

/** `sage resume`: goes on with a run that was interrupted; nothing when there is none. */
export async function resumeRun(request: ResumeRequest): Promise<RunOutcome | undefined> {
  const unfinished = await findUnfinished(request.surroundings.repository.commonDir);
  if (!unfinished) {
    await payStates(request);
    return undefined;
  }
  return (await resume(request, unfinished.directory.run)) ?? (await resumeRun(request));
}

/** What the last run owes comes before anybody looks: what its process did not come to, states of the index. */
async function payStates({ surroundings, say }: ResumeRequest): Promise<void> {
  const { repository } = surroundings;
  await clearUp(surroundings);
  const owed = await findOwedStates(repository.commonDir);
  if (!owed) return;
  await using ownership = await ownRepository(surroundings, owed.directory.run);
  await ownership.checkFence();
  for (const line of await writeOwedStates(repository, owed)) say(line);
}

async function begin(request: RunRequest): Promise<RunOutcome | undefined> {
  const { surroundings } = request;
  const { commonDir } = surroundings.repository;
  const first = await beginRun(request, await request.look());
  if (first.kind === 'nothing-to-do') return { ...first, exitCode: 0 };
  const run = newRunId(surroundings.clock.now(), request.nonce);
  await using ownership = await ownRepository(surroundings, run);
  if (await findUnfinished(commonDir)) return undefined;
  // Somebody may have run, or edited, between the first look and the ownership.
  const again = await beginRun(request, await request.look());
  if (again.kind === 'nothing-to-do') return { ...again, exitCode: 0 };
  const words = await firstRunWords(commonDir, again.config);
  for (const line of [words ?? [], again.notices].flat()) request.say(line);
  const { planned, files } = await again.create(run);
  return await finish(request, ownership, { run, files, planned, content: NOTHING_YET });
}

async function resume(request: ResumeRequest, run: RunId): Promise<RunOutcome | undefined> {
  await using ownership = await ownRepository(request.surroundings, run);
  // Read only now: as long as it was somebody else's, its journal could grow.
  const { commonDir } = request.surroundings.repository;
  const unfinished = await findUnfinished(commonDir);
  if (unfinished?.directory.run !== run) return undefined;
  const { directory, content, planned } = unfinished;
  // Processes of the dead run must be gone before anything is read that they could still change.
  await sweepLeftovers(request.surroundings, { directory, events: content.events });
  const files = await readRunFiles(directory);
  await tellKeys(request, run, files);
  const confirm = changedTo(request.confirm, content.events);
  const opening = { type: 'run.resumed', by: 'sage stream', ...confirm } as const;
  return await finish(request, ownership, { run, files, planned, content, opening });
}

/** The keys are read again; a fault in them is a Refusal, before anything is done. */
async function tellKeys(
  { surroundings, say }: ResumeRequest,
  run: RunId,
  { config, keys }: RunFiles,
): Promise<void> {
  const reading = await surroundings.keys(config);
  const failures = keyFailures(reading);
  if (failures.length > 0) throw new Refusal(failures, 2);
  for (const line of [...keyWarnings(reading), ...changedKeys(keys, keyMarksOf(run, reading))])
    say(line);
}

/** Where whoever goes on wants to be asked, when that is not where the run asks now. */
function changedTo(wish: ResumeRequest['confirm'], events: readonly RunEvent[]) {
  if (wish === undefined) return {};
  const now = foldJournal(events)?.confirm ?? 'nowhere';
  return wish === now ? {} : { confirm: wish };
}

async function finish(
  ...parts: readonly [ResumeRequest, Ownership, LivingRun]
): Promise<RunOutcome> {
  const state = await live(...parts);
  return { kind: 'finished', exitCode: state.finished?.exitCode ?? 70, state };
}
