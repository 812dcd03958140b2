import type { OpenQuestion, RunState } from '../../engine/state.js';
import { diffCommand, pageDiff } from '../../git/show-diff.js';
import { depotPath, type Repository } from '../../git/places.js';
import { sendCommand } from '../../journal/command-folder.js';
import { runDirectory } from '../../journal/run-directory.js';
import type { Answer } from '../../model/question.js';
import type { Asked } from '../../model/question-schema.js';
import { questionFacts } from '../../run/question-facts.js';
import { createPaint } from '../../show/paint.js';
import { questionText } from '../../show/question-text.js';
import type { Context } from '../context.js';
import { openLines } from './lines.js';
import { promptText, readReply, type Reply } from './reply.js';

/** Asks whoever sits at the terminal, in the process that runs. */
export interface Prompter {
  /** Looks at what is asked now; called after each event. */
  event(state: RunState): void;
  /** Before something else is written: that begins on a line of its own, and the prompt stands below it. */
  aside(): void;
  /** The same for what is written at once, from elsewhere than an event. */
  beside(write: () => void): void;
  close(): void;
}

/** Who answered, as the journal tells it. */
const BY = 'terminal';

/**
 * Asks what the run asks, line by line, so that the terminal's own editing and its Ctrl-C work as everywhere; an answer
 * goes into the run's inbox, as one from another terminal would. What is typed while nothing is asked answers nothing,
 * and an empty line never answers.
 */
export function createPrompter(context: Context, repository: Repository): Prompter {
  const { stdout, clock, environment } = context;
  const lines = openLines(process.stdin);
  const paint = createPaint(stdout.hasColour);
  let current: number | undefined;
  let isStopping = false;
  /** Counts what is asked here: an older turn writes and answers nothing any more. */
  let turn = 0;
  let isClosed = false;
  /** The prompt behind which the cursor stands. */
  let prompt: string | undefined;
  let isAside = false;
  let isPaging = false;

  return {
    event(state) {
      const open = state.question;
      const isStopped = state.stop !== undefined && !isStopping;
      isStopping = state.stop !== undefined;
      if (open?.asked === current) {
        // Whoever pressed Ctrl-C within a note leaves it, and is asked anew.
        if (open && isStopped && !isPaging) begin((mine) => ask(open, state, mine, true));
        else back();
        return;
      }
      current = open?.asked;
      begin((mine) => (open ? ask(open, state, mine, false) : Promise.resolve()));
    },
    aside,
    beside(write) {
      aside();
      write();
      back();
    },
    close() {
      isClosed = true;
      lines.close();
    },
  };

  function aside(): void {
    if (prompt === undefined || isAside) return;
    isAside = true;
    stdout.write('\n');
  }

  function back(): void {
    if (isAside && prompt !== undefined) stdout.write(prompt);
    isAside = false;
  }

  function begin(act: (mine: number) => Promise<void>): void {
    turn += 1;
    prompt = undefined;
    isAside = false;
    lines.forget();
    void act(turn).catch(fail);
  }

  async function ask(
    open: OpenQuestion,
    state: RunState,
    mine: number,
    isTold: boolean,
  ): Promise<void> {
    const asked = await questionFacts(repository, state, stdout.columns());
    if (!asked || !isStill(mine)) return;
    const width = stdout.columns();
    if (!isTold) stdout.line(`\n${questionText(asked, { paint, width })}`);
    await answer(open, state, asked, mine);
  }

  function isStill(mine: number): boolean {
    return !isClosed && turn === mine;
  }

  async function answer(
    open: OpenQuestion,
    state: RunState,
    asked: Asked,
    mine: number,
  ): Promise<void> {
    while (isStill(mine)) {
      const reply = await replyTo(asked);
      if (!isStill(mine)) return;
      if (reply === 'diff') {
        await showDiff(open);
        continue;
      }
      if (reply === 'again') continue;
      if (reply === 'gone') {
        stdout.line(`\nNobody types here any more. From another terminal:`);
        for (const { command } of asked.answers) stdout.line(`  ${command}`);
        return;
      }
      await give(state, open, reply);
      return;
    }
  }

  /** The next line that is typed behind a prompt. */
  async function typed(behind: string): Promise<string | undefined> {
    const mine = turn;
    prompt = behind;
    stdout.write(behind);
    const line = await lines.next();
    if (turn === mine) prompt = undefined;
    return line;
  }

  async function replyTo(asked: Asked): Promise<Answer | 'diff' | 'again' | 'gone'> {
    const line = await typed(promptText(asked, paint.bold, stdout.columns()));
    if (line === undefined) return 'gone';
    const reply: Reply = readReply(line, asked);
    if (reply.kind === 'unknown') {
      if (reply.say !== '') stdout.line(reply.say);
      return 'again';
    }
    if (reply.kind === 'diff') return 'diff';
    if (reply.kind !== 'send-back' && reply.kind !== 'defer') return reply;
    if (reply.kind === 'defer' && asked.component !== undefined) return reply;
    const note = await noteFor(reply.kind);
    if (note === undefined) return 'gone';
    if (reply.kind === 'defer') return note === '' ? reply : { kind: 'defer', note };
    return note === '' ? 'again' : { kind: 'send-back', note };
  }

  async function noteFor(kind: 'send-back' | 'defer'): Promise<string | undefined> {
    if (kind === 'defer') {
      return (await typed('Why? One line, or just Enter: '))?.trim();
    }
    stdout.line('What shall the agent change? An empty line ends the note.');
    const note: string[] = [];
    for (;;) {
      const line = await typed('  ');
      if (line === undefined) return undefined;
      if (line.trim() === '') return note.join('\n');
      note.push(line);
    }
  }

  async function showDiff(open: OpenQuestion): Promise<void> {
    if (open.about !== 'land') return;
    const command = diffCommand(depotPath(repository.commonDir), open.onto, open.commit);
    isPaging = true;
    await lines.without(() => pageDiff(command, environment.variables));
    isPaging = false;
  }

  function give({ run }: RunState, { asked }: OpenQuestion, answer: Answer): Promise<void> {
    const command = { type: 'answer', asked, answer, by: BY } as const;
    return sendCommand(runDirectory(repository.commonDir, run), command, clock.now());
  }

  /** The question stays open: it can be answered from another terminal. */
  function fail(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    context.stderr.line(`this cannot be asked here: ${why}; \`sage stream --step\` asks it, too`);
  }
}
