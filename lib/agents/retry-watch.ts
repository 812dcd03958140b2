import type { AgentMessage } from '../model/agent.js';

/**
 * Gives an agent up that says nothing but that it tries again, for so many milliseconds: some do so without end, and a
 * line each time keeps them from being silent.
 */
export class RetryWatch implements Disposable {
  readonly #giveUp = new AbortController();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Aborted when it is given up. */
  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  hear({ type }: AgentMessage): void {
    if (type === 'retrying') this.#timer ??= setTimeout(() => this.#giveUp.abort(), this.#limitMs);
    else this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
