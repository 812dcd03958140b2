import { stateOf } from '../engine/apply-run.js';
import { apply } from '../engine/apply.js';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import { diskTrouble } from '../journal/disk-trouble.js';
import { listenForCommands } from '../journal/command-folder.js';
import { openJournal, type Journal } from '../journal/journal.js';
import { NO_SUM } from '../journal/line.js';
import type { JournalContent } from '../journal/read.js';
import { syncFolder } from '../journal/sync-folder.js';
import { newRunId, runDirectory } from '../journal/run-directory.js';
import type { Command } from '../model/command.js';
import type { EventDraft, RunEvent } from '../model/event.js';
import type { RunId } from '../model/ids.js';
import { beginRun, type NewRun } from './begin-run.js';
import { firstRunWords } from './first-run.js';
import { clearUp, sweepLeftovers } from './clear-up.js';
import { createInbox } from './inbox.js';
import { nextLife } from './life.js';
import { loop } from './loop.js';
import { ownRepository } from './own-repository.js';
import { foldJournal } from './read-run.js';
import { readRunFiles, writeJson, type RunFiles } from './run-files.js';
import { findOwedStates, writeOwedStates } from './owed-states.js';
import type { ResumeRequest, RunRequest } from './run-request.js';
import { openWorkshop } from './workshop.js';
import { findUnfinished } from './unfinished.js';

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
  const outcome = unfinished
    ? await resume(request, unfinished.directory.run)
    : await begin(request);
  // Somebody else began, or finished, a run before this process owned the repository: look again.
  return outcome ?? (await executeRun(request));
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
  return await live(request, ownership, { run, files, planned, content: NOTHING_YET });
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
  return await live(request, ownership, { run, files, planned, content });
}

interface Life {
  readonly run: RunId;
  readonly files: RunFiles;
  readonly planned: NewRun['planned'];
  /** Its journal so far. */
  readonly content: JournalContent;
}

const NOTHING_YET: JournalContent = { events: [], wholeBytes: 0, isTorn: false, lastSum: NO_SUM };

async function live(
  request: ResumeRequest,
  ownership: { checkFence(): Promise<void> },
  life: Life,
): Promise<RunOutcome> {
  const { surroundings } = request;
  const { clock, repository } = surroundings;
  const { events, wholeBytes, lastSum } = life.content;
  const directory = runDirectory(repository.commonDir, life.run);
  const inbox = createInbox<EventDraft | Command>();
  await using journal = await openJournal({
    file: directory.events,
    clock,
    seq: events.length,
    lastSum,
    wholeBytes,
    checkFence: () => ownership.checkFence(),
  });
  // Before anything is done that a lost journal would not know of.
  if (events.length === 0) await syncFolder(directory.path);
  const state = foldJournal(events) ?? stateOf(life.planned, new Date(clock.now()).toISOString());
  // Before a command can arrive: a run's first record is its plan.
  if (events.length === 0) inbox.put([life.planned]);
  // Whoever is told that it goes on may press Ctrl-C from then on.
  const stops = request.listen((stop) => inbox.put([{ ...stop, type: 'stop' }]));
  const commands = await listenForCommands(directory, (command) => inbox.put([command]));
  try {
    const resumed = events.length === 0 ? undefined : await beginLife(journal, state);
    await using workshop = await openWorkshop(
      surroundings,
      directory,
      life.files,
      state,
      nextLife(life.run, events),
      () => ownership.checkFence(),
    );
    if (resumed) request.onEvent(resumed, state);
    const { lanesRoot } = surroundings;
    const parts = {
      journal,
      effects: workshop.effects,
      inbox,
      clock,
      folders: [directory.path, lanesRoot] as const,
      onEvent: request.onEvent,
    };
    await loop(parts, state);
  } finally {
    commands[Symbol.dispose]();
    stops[Symbol.dispose]();
  }
  try {
    await writeJson(directory.summary, summarise(state));
  } catch (error) {
    const failure = await diskTrouble(error, directory.path);
    if (!failure) throw error;
    request.say(`the summary could not be kept: ${failure.message}; the journal tells the same`);
  }
  return { kind: 'finished', exitCode: state.finished?.exitCode ?? 70, state };
}

/**
 * Writes that the run goes on before this life's warden is started: should we be killed at once, that warden sweeps its
 * life a while longer, and the next one must not have the same name.
 */
async function beginLife(journal: Journal, state: RunState): Promise<RunEvent> {
  const event = journal.append({ type: 'run.resumed', by: 'sage stream' });
  await journal.flush();
  apply(state, event);
  return event;
}
