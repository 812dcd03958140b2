/**
 * What waits to be told to the loop: outcomes of effects, commands, deadlines. `fail` ends the run with the error;
 * it stays resumable, since everything true so far is in the journal.
 */
export interface Inbox<Item> {
  put(items: readonly Item[]): void;
  fail(error: unknown): void;
  /** Takes everything that is there; throws what `fail` was given. */
  drain(): readonly Item[];
  /** Whether `ready` would wait. */
  isEmpty(): boolean;
  /** Resolves as soon as something is there. */
  ready(): Promise<void>;
}

export function createInbox<Item>(): Inbox<Item> {
  let items: Item[] = [];
  let error: { readonly cause: unknown } | undefined;
  let wake: (() => void) | undefined;
  const ring = () => {
    wake?.();
    wake = undefined;
  };
  return {
    put(more) {
      items.push(...more);
      ring();
    },
    fail(cause) {
      error ??= { cause };
      ring();
    },
    drain() {
      if (error) throw error.cause;
      const taken = items;
      items = [];
      return taken;
    },
    isEmpty: () => items.length === 0 && !error,
    async ready() {
      if (items.length > 0 || error) return;
      await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}
