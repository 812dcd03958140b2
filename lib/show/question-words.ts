import type { EventOf } from '../model/event.js';
import type { Question } from '../model/question.js';
import { clean } from './clean.js';

/** What is asked, in a line that follows the ticket's id. */
export function askedWords(question: Question): string {
  if (question.about === 'land')
    return `is ready to land as ${question.commit.slice(0, 10)}; waits for your word`;
  return question.component === undefined
    ? 'is next; waits for your word'
    : `is the first of component ${clean(question.component)}; waits for your word`;
}

/** What was said to it. */
export function answeredWords({ answer, by, question }: EventOf<'question.answered'>): string {
  const note = 'note' in answer && answer.note ? `: ${clean(answer.note)}` : '';
  switch (answer.kind) {
    case 'go':
      return `${question.about === 'land' ? 'may land' : 'may begin'} (${clean(by)})`;
    case 'send-back':
      return `is sent back to the agent (${clean(by)})${note}`;
    case 'defer':
      return `is put off (${clean(by)})${note}`;
    case 'stop':
      return `ends the run (${clean(by)}): nothing more begins or lands`;
  }
}
