import { setTimeout as pause } from 'node:timers/promises';

/** Thrown when a fact that a test waits for does not come. */
export class NeverHappened extends Error {
  constructor(what: string, limitMs: number) {
    super(`${what} (waited ${limitMs} ms)`);
    this.name = 'NeverHappened';
    happened.push(this);
  }
}

const happened: NeverHappened[] = [];

/** How many waits were in vain in this test file so far: a rig that sees the number grow tells what it knows. */
export const waitsInVain = () => happened.length;

/** Settles as `promise` does, or rejects after `limitMs` with what `describe` says then. */
export async function within<T>(
  promise: Promise<T>,
  limitMs: number,
  describe: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NeverHappened(describe(), limitMs)), limitMs);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks until `look` answers something, for facts of which the system gives no event. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  limitMs: number,
  describe: () => string,
): Promise<T> {
  for (const end = performance.now() + limitMs; ;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new NeverHappened(describe(), limitMs);
    await pause(15);
  }
}
