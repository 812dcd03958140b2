/** Tools run side by side, but not this many. */
const LIMIT = 32;

/** What the latest tools were called for, by the id of their use; bounded. */
export class RecentUses {
  readonly #uses = new Map<string, string>();

  add(id: unknown, use: string): void {
    this.#uses.set(String(id), use);
    const [oldest] = this.#uses.keys();
    if (this.#uses.size > LIMIT && oldest !== undefined) this.#uses.delete(oldest);
  }

  /** In words; of one that nobody remembers, in general ones. */
  of(id: unknown): string {
    return this.#uses.get(String(id)) ?? 'a tool';
  }
}
