import type { TicketId } from './ids.js';
import type { Answer } from './question.js';

/** The only way to influence a run: signals, other processes (`sage cancel`) and later HTTP write these to its inbox. */
export type Command =
  | StopCommand
  | PauseCommand
  | ContinueCommand
  | CancelTicketsCommand
  | RetryTicketsCommand
  | AnswerCommand;

/** Every type of a command; one that is missing here does not compile. */
const types: Readonly<Record<Command['type'], true>> = {
  stop: true,
  pause: true,
  continue: true,
  'cancel-tickets': true,
  'retry-tickets': true,
  answer: true,
};

export const isCommandType = (type: unknown): type is Command['type'] =>
  typeof type === 'string' && Object.hasOwn(types, type);

export interface StopCommand {
  readonly type: 'stop';
  /** drain: nothing new starts, running tickets finish and land. cancel: agents are ended, work is kept. */
  readonly mode: 'drain' | 'cancel';
  /** Who gave it: `Ctrl-C`, `sage stop`. */
  readonly by: string;
}

/** Nothing new starts, running tickets finish and land, and the run waits for a `continue`. */
export interface PauseCommand {
  readonly type: 'pause';
  readonly by: string;
}

export interface ContinueCommand {
  readonly type: 'continue';
  readonly by: string;
}

/** These tickets go back to UNPROCESSED: their agents are ended, their work is kept, the others go on. */
export interface CancelTicketsCommand {
  readonly type: 'cancel-tickets';
  readonly tickets: readonly TicketId[];
  readonly by: string;
}

/** Tickets that were deferred or given back in this run are tried again in it; what was kept of them stays kept. */
export interface RetryTicketsCommand {
  readonly type: 'retry-tickets';
  readonly tickets: readonly TicketId[];
  readonly by: string;
}

/** What a human says to the question that is open. Said to another one, which is no longer open, it says nothing. */
export interface AnswerCommand {
  readonly type: 'answer';
  /** Number of the record that asked. */
  readonly asked: number;
  readonly answer: Answer;
  readonly by: string;
}
