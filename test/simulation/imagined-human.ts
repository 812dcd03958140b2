import { answersTo } from '../../lib/engine/approval.js';
import type { OpenQuestion, RunState } from '../../lib/engine/state.js';
import { ticketRun } from '../../lib/engine/tickets.js';
import type { AnswerCommand, Command } from '../../lib/model/command.js';
import type { Answer } from '../../lib/model/question.js';
import { noteFor, type Scene } from './scene.js';
import type { Life, Timeline } from './timeline.js';

interface HumanParts {
  readonly scene: Scene;
  readonly timeline: Timeline;
  readonly random: () => number;
  /** Says whatever comes to mind, instead of the same in every order. */
  readonly isFickle: boolean;
}

const BY = 'human';

/**
 * Whoever is asked: sees what the run has told, thinks, and answers from whatever terminal, perhaps when the process
 * that asked is dead. Now and then an answer is given twice, or to a question that is long gone, or is none.
 */
export class ImaginedHuman {
  /** Every answer that was ever sent, also in vain. */
  readonly given: AnswerCommand[] = [];
  /** Takes commands for the process that listens now; what is sent while nobody does is lost. */
  #listener: ((command: Command) => void) | undefined;
  readonly #parts: HumanParts;
  readonly #self: Life = { number: 0, isAlive: true };

  constructor(parts: HumanParts) {
    this.#parts = parts;
  }

  speaksTo(listener: ((command: Command) => void) | undefined): void {
    this.#listener = listener;
  }

  /** A question that can be seen now; it is answered sooner or later, as long as the machine has power. */
  sees(open: OpenQuestion, state: RunState): void {
    const { random } = this.#parts;
    const answer = this.#think(open, state);
    this.#answer(open.asked, answer);
    if (random() < 0.3) {
      this.#answer(open.asked, this.#parts.isFickle ? this.#think(open, state) : answer);
    }
    if (random() < 0.3) this.#answer(this.#another(open), this.#anything(open));
    if (random() < 0.1) this.#answer(open.asked, this.#unfit(open, state) ?? answer);
    if (this.#parts.isFickle && random() < 0.08) {
      this.#send({ type: 'cancel-tickets', tickets: [open.ticket], by: BY });
    }
  }

  #think(open: OpenQuestion, state: RunState): Answer {
    const { isFickle, scene } = this.#parts;
    const fitting = answersTo(state, open);
    if (isFickle) {
      const answer = this.#anything(open);
      return fitting.includes(answer.kind) ? answer : { kind: 'go' };
    }
    const opinion = scene.opinions.get(
      open.about === 'start' ? (open.component ?? open.ticket) : open.ticket,
    );
    if (open.about === 'start') return { kind: opinion?.start ?? 'go' };
    const { sentBack } = ticketRun(state, open.ticket);
    const isAgain = sentBack < (opinion?.sendBacks ?? 0) && fitting.includes('send-back');
    if (isAgain) return { kind: 'send-back', note: noteFor(open.ticket, sentBack + 1) };
    return { kind: opinion?.land ?? 'go' };
  }

  #anything({ ticket, asked }: OpenQuestion): Answer {
    const { random } = this.#parts;
    const kind =
      (['go', 'go', 'go', 'go', 'send-back', 'send-back', 'defer', 'stop'] as const)[
        Math.floor(random() * 8)
      ] ?? 'go';
    // Few runs would come far.
    if (kind === 'stop' && random() < 0.7) return { kind: 'go' };
    return kind === 'send-back' ? { kind, note: noteFor(ticket, asked) } : { kind };
  }

  /** What this question does not take, if anything. */
  #unfit(open: OpenQuestion, state: RunState): Answer | undefined {
    const isTaken = answersTo(state, open).includes('send-back');
    return isTaken ? undefined : { kind: 'send-back', note: 'no' };
  }

  /** The number of a record before it: of an older question, or of none. */
  #another({ asked }: OpenQuestion): number {
    const { random } = this.#parts;
    const older = this.given.filter((one) => one.asked < asked);
    const one = older[Math.floor(random() * older.length)];
    return one?.asked ?? Math.floor(random() * asked);
  }

  #answer(asked: number, answer: Answer): void {
    this.#send({ type: 'answer', asked, answer, by: BY });
  }

  #send(command: Command): void {
    const { timeline, random } = this.#parts;
    const what =
      command.type === 'answer' ? `${command.answer.kind} to ${command.asked}` : 'cancel';
    const speak = () => {
      if (command.type === 'answer') this.given.push(command);
      this.#listener?.(command);
    };
    void timeline.later(this.#self, 'human', `says ${what}`, speak, random() < 0.5 ? 300 : 3_000);
  }
}
