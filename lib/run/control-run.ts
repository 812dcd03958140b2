import { setTimeout as pause } from 'node:timers/promises';
import { apply } from '../engine/apply.js';
import type { RunState } from '../engine/state.js';
import { isSettled, ticketRun } from '../engine/tickets.js';
import type { Repository } from '../git/places.js';
import { sendCommand } from '../journal/command-folder.js';
import { followJournal } from '../journal/read.js';
import { readLivingOwner } from '../journal/read-owner.js';
import { runDirectory, sageDirectory } from '../journal/run-directory.js';
import type { ControlAnswer } from '../model/answer-schemas.js';
import type { Clock } from '../model/clock.js';
import type { Command } from '../model/command.js';
import { Refusal, refuseAny, type Failure } from '../model/failure.js';
import { ticketId } from '../model/ids.js';
import { isAlive } from '../process/identity.js';
import { foldJournal } from './read-run.js';
import { unknownTicket } from './unknown-ticket.js';

/** What somebody at another terminal wants of the run that goes on here. */
export interface Control {
  readonly verb: ControlAnswer['verb'];
  /** For `cancel`: these alone; none: the whole run. */
  readonly tickets: readonly string[];
}

/** How long the run may take to obey: agents get their time to end, and then the warden's. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/**
 * Tells the run that goes on in this repository to stop, pause, continue or cancel, and waits until it has. Answers
 * `run: undefined` when none goes on: asking is safe before a start, after an end, and twice.
 */
export async function controlRun(
  repository: Repository,
  clock: Clock,
  control: Control,
): Promise<ControlAnswer> {
  const owner = await readLivingOwner(sageDirectory(repository.commonDir));
  const nothing: ControlAnswer = { version: 1, verb: control.verb, agents: 0, tickets: [] };
  if (!owner) return nothing;
  const directory = runDirectory(repository.commonDir, owner.run);
  // Read while it grows: its last line may be half there, which counts as none.
  const news = followJournal(directory.events);
  const journal = await news();
  const state = journal.ok ? foldJournal(journal.value) : undefined;
  if (!state || state.finished) return nothing;
  refuseUnknown(state, control.tickets);
  const command = commandOf(control);
  const isDone = () => state.finished !== undefined || hasObeyed(state, control);
  const agents = affected(state, control);
  if (!isDone()) {
    await sendCommand(directory, command, clock.now());
    const deadline = clock.monotonic() + PATIENCE_MS;
    while (!isDone()) {
      if (clock.monotonic() > deadline || isAlive(owner) === 'dead') {
        throw new Refusal([notAnswering(owner.run, owner.pid)], 1);
      }
      await pause(LOOK_MS);
      const added = await news();
      for (const event of added.ok ? added.value : []) apply(state, event);
    }
  }
  return { ...nothing, run: owner.run, agents, tickets: [...control.tickets] };
}

function commandOf({ verb, tickets }: Control): Command {
  const by = `sage ${verb}`;
  switch (verb) {
    case 'stop':
      return { type: 'stop', mode: 'drain', by };
    case 'pause':
      return { type: 'pause', by };
    case 'resume':
      return { type: 'continue', by };
    case 'cancel':
      return tickets.length === 0
        ? { type: 'stop', mode: 'cancel', by }
        : { type: 'cancel-tickets', tickets: tickets.map(ticketId), by };
  }
}

function hasObeyed(state: RunState, { verb, tickets }: Control): boolean {
  switch (verb) {
    case 'stop':
      return state.stop !== undefined;
    case 'pause':
      return state.paused !== undefined;
    case 'resume':
      return state.paused === undefined;
    case 'cancel':
      return tickets.length === 0
        ? state.stop?.mode === 'cancel' && state.active.size === 0
        : tickets.every((id) => isSettled(ticketRun(state, ticketId(id)).phase));
  }
}

/** Agents that the command ends, or, for the others, that go on to their end. */
function affected(state: RunState, { verb, tickets }: Control): number {
  const wanted = new Set(tickets);
  return [...state.active.values()].filter(
    ({ ticket }) => verb !== 'cancel' || wanted.size === 0 || wanted.has(ticket),
  ).length;
}

function refuseUnknown(state: RunState, asked: readonly string[]): void {
  const { run, tickets } = state;
  refuseAny(
    asked
      .filter((id) => !tickets.has(ticketId(id)))
      .map((id) => unknownTicket(id, tickets.keys(), `no ticket of run ${run}`)),
  );
}

const notAnswering = (run: string, pid: number): Failure => ({
  code: 'run/not-answering',
  message: `run ${run} (process ${pid}) did not answer within a minute`,
  hint: `kill -INT ${pid} asks it in another way; kill -KILL ${pid} ends it, and sage resume goes on from its journal`,
  retryable: true,
});
