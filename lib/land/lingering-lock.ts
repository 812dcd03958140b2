import { setTimeout as pause } from 'node:timers/promises';
import type { Result } from '../model/failure.js';
import type { LanderLock } from './lander-lock.js';

/** Between one landing and the next of a busy run; a held lock is let go after so long without work. */
const IDLE_MS = 250;
/** Others try five times a second, for minutes: this long they may find it held, and then have time to get it. */
const LONGEST_MS = 4_000;
const RESPITE_MS = 250;

/** A work that waits for its turn. */
interface Waiting {
  readonly run: (isOurs: () => boolean) => Promise<void>;
  readonly refuse: (failure: Result<never>) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * A lander's lock that is kept from one landing to the next while they follow each other closely: taking it and
 * letting it go costs a dozen file operations, more than the compare-and-swap it is for. To be put away at the end.
 */
export function lingering(lock: LanderLock): LanderLock & AsyncDisposable {
  const queue: Waiting[] = [];
  let session: Promise<void> | undefined;
  let isDisposed = false;
  let wake: (() => void) | undefined;

  const more = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, IDLE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const serve = async (isOurs: () => boolean) => {
    const until = performance.now() + LONGEST_MS;
    for (;;) {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await next.run(isOurs);
        if (!isOurs() || performance.now() > until) return;
      }
      if (!isDisposed) await more();
      if (queue.length === 0) return;
    }
  };
  const sessions = async () => {
    try {
      while (queue.length > 0) {
        const held = await lock.hold(serve);
        if (!held.ok) for (const one of queue.splice(0)) one.refuse(held);
        if (queue.length > 0) await pause(RESPITE_MS);
      }
    } catch (error) {
      for (const one of queue.splice(0)) one.fail(error);
    } finally {
      // At once: whoever comes a moment later must find nobody who would serve it.
      session = undefined;
    }
  };
  return {
    hold: <T>(work: (isOurs: () => boolean) => Promise<T>) =>
      new Promise<Result<T>>((resolve, reject) => {
        queue.push({
          run: (isOurs) => work(isOurs).then((value) => resolve({ ok: true, value }), reject),
          refuse: resolve,
          fail: reject,
        });
        wake?.();
        session ??= sessions();
      }),
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      wake?.();
      await session;
    },
  };
}
