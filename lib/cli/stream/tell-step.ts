import type { RunState } from '../../engine/state.js';
import { summarise } from '../../engine/summarise.js';
import type { Repository } from '../../git/places.js';
import type { RunId } from '../../model/ids.js';
import type { Step } from '../../model/question-schema.js';
import { followToQuestion, type Followed } from '../../run/follow-run.js';
import { questionFacts } from '../../run/question-facts.js';
import { clean } from '../../show/clean.js';
import { createPaint } from '../../show/paint.js';
import { countLanded } from '../../show/public-events.js';
import { answerLines, questionText } from '../../show/question-text.js';
import { summaryText } from '../../show/summary-text.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { introduce } from './introduce.js';

/** How it is told. */
export interface StepManner {
  readonly asJson: boolean;
  /** How long to wait for the question. */
  readonly forMs?: number;
  /** The output of the run's process, where the call that tells it has started that. */
  readonly output?: string;
}

/**
 * Follows a run to its next question or its end and tells that: 0 and the question with what to type, or the run's own
 * exit code. Who calls it may be ended on the way: the run goes on, and `sage stream --step` follows again.
 */
export async function tellStep(
  context: Context,
  repository: Repository,
  run: RunId,
  { asJson, forMs, output }: StepManner,
): Promise<number> {
  const { stdout, clock } = context;
  const followed = await followToQuestion(repository.commonDir, run, clock, forMs);
  const width = stdout.columns();
  const question = followed.state && (await questionFacts(repository, followed.state, width));
  const view = { paint: createPaint(stdout.hasColour), width };
  const begun =
    output !== undefined && followed.state && !followed.state.finished
      ? await introduce(repository.commonDir, followed.state, output, view)
      : undefined;
  const step = {
    ...stepOf(run, followed, followed.how === 'asks' ? question : undefined),
    ...(begun === undefined ? {} : { begun }),
  };
  if (asJson) stdout.line(JSON.stringify(step, null, 2));
  else stdout.line(stepText(step, view));
  return codeOf(followed);
}

function codeOf({ how, state }: Followed): number {
  if (how === 'finished') return state?.finished?.exitCode ?? exitCode.bug;
  if (how === 'died') return state?.suspended ? exitCode.unlanded : exitCode.cancelled;
  return how === 'running' ? exitCode.stillRunning : exitCode.done;
}

function stepOf(run: RunId, { how, state }: Followed, question: Step['question']): Step {
  const head = {
    version: 1 as const,
    run,
    state: how,
    landed: state ? countLanded(state) : 0,
    total: state?.tickets.size ?? 0,
  };
  switch (how) {
    case 'asks': {
      const next = question?.answers.map(({ command }) => command) ?? [];
      return { ...head, ...(question ? { question } : {}), next };
    }
    case 'finished':
      return { ...head, ...(state ? { summary: summarise(state) } : {}), next: [] };
    case 'paused':
      return { ...head, next: ['sage resume'], message: `paused by ${state?.paused ?? ''}` };
    case 'running':
      return { ...head, next: ['sage stream --step'], message: busyWords(state) };
    case 'died': {
      const message = state?.suspended?.message ?? 'its process died; nothing is lost';
      return { ...head, next: ['sage stream --step'], message };
    }
  }
}

function busyWords(state: RunState | undefined): string {
  const busy = [...(state?.active.values() ?? [])].map(({ ticket }) => ticket as string);
  return busy.length > 0 ? `${busy.join(', ')} is being worked on` : 'it goes on';
}

function stepText(step: Step, view: Parameters<typeof questionText>[1]): string {
  const { run, state, landed, total, question, summary, message, next, begun } = step;
  if (question) {
    const head = begun
      ? [...begun, '']
      : [view.paint.dim(`run ${run ?? ''}, ${landed} of ${total} landed`)];
    return [...head, questionText(question, view), ...answerLines(question)].join('\n');
  }
  if (summary) return summaryText(summary, view.paint).trim();
  const head = `run ${run ?? ''}: ${STATES[state]}, ${landed} of ${total} landed`;
  return [
    ...(begun ?? []),
    message === undefined ? head : `${head}: ${clean(message)}`,
    ...next.map((command) => `→ ${command}`),
  ].join('\n');
}

const STATES: Readonly<Record<Step['state'], string>> = {
  asks: 'asks',
  running: 'still running',
  paused: 'paused',
  finished: 'finished',
  died: 'stopped before its end',
  nothing: 'nothing to do',
};
