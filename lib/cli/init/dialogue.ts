import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.js';

/** Questions to a person at a terminal. */
export interface Dialogue extends AsyncDisposable {
  /** The answer, or the proposal for an empty one; nothing when the input has ended. */
  readonly ask: (question: string, proposal: string) => Promise<string | undefined>;
}

/** Nothing where nobody could answer: input or output is no terminal. */
export function openDialogue({ stdout }: Context): Dialogue | undefined {
  if (!process.stdin.isTTY || !stdout.isTerminal) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const end = new AbortController();
  lines.once('close', () => end.abort());
  return {
    async ask(question, proposal) {
      if (end.signal.aborted) return undefined;
      const shown = proposal === '' ? '' : ` [${proposal}]`;
      try {
        const answer = await lines.question(`${question}${shown}: `, { signal: end.signal });
        return answer.trim() === '' ? proposal : answer.trim();
      } catch {
        return undefined;
      }
    },
    [Symbol.asyncDispose]() {
      lines.close();
      return Promise.resolve();
    },
  };
}
