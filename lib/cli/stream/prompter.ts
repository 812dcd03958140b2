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
import { openLines, type Lines } from './lines.js';
import { promptText, readReply, type Reply } from './reply.js';

/** Asks whoever sits at the terminal, in the process that runs. */
export interface Prompter {
  /** Looks at what is asked now; called after each event. */
  event(state: RunState): void;
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
  let isClosed = false;

  return {
    event(state) {
      const open = state.question;
      if (open?.asked === current) return;
      current = open?.asked;
      lines.forget();
      if (open) void ask(open, state).catch(fail);
    },
    close() {
      isClosed = true;
      lines.close();
    },
  };

  async function ask(open: OpenQuestion, state: RunState): Promise<void> {
    const isStill = () => !isClosed && current === open.asked;
    const asked = await questionFacts(repository, state, stdout.columns());
    if (!asked || !isStill()) return;
    stdout.line(`\n${questionText(asked, { paint, width: stdout.columns() })}`);
    while (isStill()) {
      const reply = await replyTo(asked);
      if (!isStill()) return;
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

  async function replyTo(asked: Asked): Promise<Answer | 'diff' | 'again' | 'gone'> {
    stdout.write(promptText(asked, paint.bold));
    const line = await lines.next();
    if (line === undefined) return 'gone';
    const reply: Reply = readReply(line, asked);
    if (reply.kind === 'unknown') {
      if (reply.say !== '') stdout.line(reply.say);
      return 'again';
    }
    if (reply.kind === 'diff') return 'diff';
    if (reply.kind !== 'send-back' && reply.kind !== 'defer') return reply;
    if (reply.kind === 'defer' && asked.component !== undefined) return reply;
    const note = await noteFor(reply.kind, lines);
    if (note === undefined) return 'gone';
    if (reply.kind === 'defer') return note === '' ? reply : { kind: 'defer', note };
    return note === '' ? 'again' : { kind: 'send-back', note };
  }

  async function noteFor(kind: 'send-back' | 'defer', from: Lines): Promise<string | undefined> {
    if (kind === 'defer') {
      stdout.write('Why? One line, or just Enter: ');
      return (await from.next())?.trim();
    }
    stdout.line('What shall the agent change? An empty line ends the note.');
    const note: string[] = [];
    for (;;) {
      stdout.write('  ');
      const line = await from.next();
      if (line === undefined) return undefined;
      if (line.trim() === '') return note.join('\n');
      note.push(line);
    }
  }

  async function showDiff(open: OpenQuestion): Promise<void> {
    if (open.about !== 'land') return;
    const command = diffCommand(depotPath(repository.commonDir), open.onto, open.commit);
    await lines.without(() => pageDiff(command, environment.variables));
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
