import { setTimeout as pause } from 'node:timers/promises';
import { answersTo } from '../engine/approval.js';
import { openQuestion } from '../engine/open-question.js';
import type { OpenQuestion, RunState } from '../engine/state.js';
import { sendCommand } from '../journal/command-folder.js';
import { followJournal } from '../journal/read.js';
import { readLivingOwner, type Owner } from '../journal/read-owner.js';
import { runDirectory, sageDirectory } from '../journal/run-directory.js';
import type { Clock } from '../model/clock.js';
import { demand, Refusal, type Failure } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import type { Answer } from '../model/question.js';
import { isAlive } from '../process/identity.js';
import { foldJournal } from './read-run.js';
import { findUnfinished } from './unfinished.js';

/** What a human says to the run that goes on here. */
export interface Wish {
  /** The ticket, or the run, that they mean; absent: whatever is asked. */
  readonly about?: string;
  readonly answer: Answer;
  readonly by: string;
}

/** How long the run may take to hear it. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/**
 * Answers the open question of the run that goes on in this repository, and waits until the run has taken it. A Refusal
 * when nothing is asked, when something else is, or when that is no answer to it; nothing is changed then.
 */
export async function answerRun(commonDir: string, clock: Clock, wish: Wish): Promise<RunId> {
  const owner = await readLivingOwner(sageDirectory(commonDir));
  if (!owner) throw refusal(await nobodyAsks(commonDir));
  const directory = runDirectory(commonDir, owner.run);
  const news = followJournal(directory.events);
  const state = foldJournal(demand(await news()));
  const open = state?.question;
  if (!state || !open) throw refusal(nothingAsked(owner.run, state));
  refuseUnfit(state, open, wish);
  const { answer, by } = wish;
  const command = { type: 'answer', asked: open.asked, answer, by } as const;
  await sendCommand(directory, command, clock.now());
  await taken(news, open, owner, clock);
  return owner.run;
}

/** Waits until the question is closed; a Refusal when it was not by this answer. */
async function taken(
  news: ReturnType<typeof followJournal>,
  { asked }: OpenQuestion,
  owner: Owner,
  clock: Clock,
): Promise<void> {
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const isOver = isAlive(owner) === 'dead';
    for (const event of demand(await news())) {
      if (event.type === 'question.answered' && event.asked === asked) return;
      if (event.type === 'question.withdrawn' && event.asked === asked)
        throw refusal(failure(`the question was taken back meanwhile: ${event.why}`, STEP));
    }
    if (isOver || clock.monotonic() > giveUpAt) {
      const message = isOver
        ? `run ${owner.run} died before it took the answer`
        : `run ${owner.run} (process ${owner.pid}) did not take the answer within a minute`;
      throw new Refusal([{ code: 'run/not-answering', message, hint: STEP, retryable: true }], 1);
    }
    await pause(LOOK_MS);
  }
}

const STEP = '`sage stream --step` goes on with it and asks again';

function refuseUnfit(state: RunState, open: OpenQuestion, { about, answer }: Wish): void {
  const names = [open.ticket, state.run, state.branch];
  const commands = (openQuestion(state)?.answers ?? []).map(({ command }) => `\`${command}\``);
  const hint = `it takes ${commands.join(', ')}`;
  const what = open.about === 'land' ? 'landing' : 'beginning';
  if (about !== undefined && !names.some((name) => name === about)) {
    const message = `run ${state.run} asks about ${what} ${open.ticket} now, not about ${JSON.stringify(about.slice(0, 80))}`;
    throw refusal(failure(message, hint));
  }
  if (answersTo(state, open).includes(answer.kind)) return;
  const why =
    open.about === 'start'
      ? 'it was not begun, so there is nothing to send back'
      : state.parts.has(open.ticket)
        ? 'it lands together with others of its epic, which rest on it'
        : 'it was sent back often enough: change the ticket, or the work by hand';
  throw refusal(failure(`${open.ticket} cannot be sent back: ${why}`, hint));
}

function nothingAsked(run: RunId, state: RunState | undefined): Failure {
  const busy = [...(state?.active.values() ?? [])].map(({ ticket }) => ticket);
  const now = busy.length > 0 ? `; ${busy.join(', ')} is being worked on` : '';
  return failure(
    `run ${run} asks nothing now${now}`,
    state?.confirm
      ? '`sage stream --step` waits for its next question'
      : 'it was started with --auto, and asks nothing',
  );
}

/** Nobody is there to hear an answer; a run that was cut off while it asked is named. */
async function nobodyAsks(commonDir: string): Promise<Failure> {
  const unfinished = await findUnfinished(commonDir);
  const state = unfinished && foldJournal(unfinished.content.events);
  if (!state?.confirm)
    return failure('no run goes on here that asks anything', '`sage stream --step` starts one');
  return failure(`run ${state.run} was interrupted`, STEP);
}

const failure = (message: string, hint: string): Failure => ({
  code: 'run/nothing-asked',
  message,
  hint,
});
const refusal = (one: Failure) => new Refusal([one], 2);
