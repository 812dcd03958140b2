import { dropOwnRecords } from '../agents/attempt-files.js';
import { stateOf } from '../engine/fresh-state.js';
import { apply } from '../engine/apply.js';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import { diskTrouble } from '../journal/disk-trouble.js';
import { listenForCommands } from '../journal/command-folder.js';
import { openJournal, type Journal } from '../journal/journal.js';
import { NO_SUM } from '../journal/line.js';
import type { JournalContent } from '../journal/read.js';
import { syncFolder } from '../journal/sync-folder.js';
import { attemptsDirectory, runDirectory } from '../journal/run-directory.js';
import type { Command } from '../model/command.js';
import type { EventDraft, RunEvent } from '../model/event.js';
import type { RunId } from '../model/ids.js';
import { alarmed } from './alarm.js';
import type { NewRun } from './begin-run.js';
import { createInbox } from './inbox.js';
import { nextLife } from './life.js';
import { loop } from './loop.js';
import { foldJournal } from './read-run.js';
import { writeJson, type RunFiles } from './run-files.js';
import type { ResumeRequest } from './run-request.js';
import { openWorkshop } from './workshop.js';

/** A run of which a life begins here, by the repository's owner. */
export interface LivingRun {
  readonly run: RunId;
  readonly files: RunFiles;
  readonly planned: NewRun['planned'];
  /** Its journal so far. */
  readonly content: JournalContent;
  /** How it goes on, when it does not begin: taken up after a death, or opened again. */
  readonly opening?: OpeningEvent;
}

type OpeningEvent = Extract<EventDraft, { readonly type: 'run.resumed' | 'run.reopened' }>;

export const NOTHING_YET: JournalContent = {
  events: [],
  wholeBytes: 0,
  isTorn: false,
  lastSum: NO_SUM,
};

/** Goes on with a run to its end, or begins it, and leaves its summary. */
export async function live(
  request: ResumeRequest,
  ownership: { checkFence(): Promise<void> },
  life: LivingRun,
): Promise<RunState> {
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
  const stops = request.listen((command) => inbox.put([command]));
  const commands = await listenForCommands(directory, (command) => inbox.put([command]));
  try {
    const opening = life.opening ?? { type: 'run.resumed', by: 'sage stream' };
    const resumed = events.length === 0 ? undefined : await beginLife(journal, state, opening);
    const marker = nextLife(life.run, events);
    const told = alarmed(request, { life: marker, directory, config: life.files.config });
    await using workshop = await openWorkshop(
      told.surroundings,
      directory,
      life.files,
      state,
      marker,
      { checkFence: () => ownership.checkFence(), tell: (events) => inbox.put(events) },
    );
    if (resumed) told.onEvent(resumed, state);
    const { lanesRoot } = surroundings;
    const parts = {
      journal,
      effects: workshop.effects,
      inbox,
      clock,
      folders: [directory.path, lanesRoot] as const,
      onEvent: told.onEvent,
    };
    // What it calls ends before the warden does.
    await loop(parts, state).finally(() => told.settled());
  } finally {
    commands[Symbol.dispose]();
    stops[Symbol.dispose]();
  }
  if (state.finished) await dropOwnRecords(attemptsDirectory(directory));
  try {
    await writeJson(directory.summary, summarise(state));
  } catch (error) {
    const failure = await diskTrouble(error, directory.path);
    if (!failure) throw error;
    request.say(`the summary could not be kept: ${failure.message}; the journal tells the same`);
  }
  return state;
}

/**
 * Writes that the run goes on before this life's warden is started: should we be killed at once, that warden sweeps its
 * life a while longer, and the next one must not have the same name.
 */
async function beginLife(
  journal: Journal,
  state: RunState,
  opening: OpeningEvent,
): Promise<RunEvent> {
  const event = journal.append(opening);
  await journal.flush();
  apply(state, event);
  return event;
}
