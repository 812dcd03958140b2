import type { Usage } from '../../model/agent.js';
import { told, type Told } from '../told.js';
import { addUsage, subtractUsage, tokens } from '../usage.js';

/** Answers of agents side by side come mixed, but not of so many. */
const REMEMBERED = 32;

/** Tokens as the API counts them, by class. */
export const tokensIn = (used: Told): Usage => ({
  ...tokens('inputTokens', used['input_tokens']),
  ...tokens('outputTokens', used['output_tokens']),
  ...tokens('cacheReadTokens', used['cache_read_input_tokens']),
  ...tokens('cacheWriteTokens', used['cache_creation_input_tokens']),
});

/**
 * Tokens of the answers since the last result, while they come: an answer is told on a line for each of its parts, each
 * time with all that it has used so far. The result tells them whole, and what an answer's last words cost with them.
 */
export class TurnUsage {
  #sum: Usage = {};
  readonly #answers = new Map<unknown, Usage>();

  /** What an answer has used more than was told of it; nothing for one that tells nothing new. */
  add(message: Told): Usage | undefined {
    const { id } = message;
    const before = this.#answers.get(id) ?? {};
    const added = subtractUsage(tokensIn(told(message['usage'])), before);
    if (Object.values(added).every((count) => count === 0)) return undefined;
    this.#answers.delete(id);
    this.#answers.set(id, addUsage(before, added));
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > REMEMBERED) this.#answers.delete(oldest);
    this.#sum = addUsage(this.#sum, added);
    return added;
  }

  get sum(): Usage {
    return this.#sum;
  }

  /** Whether answers have come since the last result. */
  get isRunning(): boolean {
    return this.#answers.size > 0;
  }

  /** A result has come: what it tells stands in the place of this. */
  clear(): void {
    this.#sum = {};
    this.#answers.clear();
  }
}
