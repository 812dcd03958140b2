import type { LanderLock } from '../land/lander-lock.js';
import type { Effect } from '../model/effect.js';
import type { IntentKind } from '../model/intent.js';

/** Throws once another process has taken over the run. */
export type CheckFence = () => Promise<void>;

/** An effect on what belongs to the run's owner alone: right before it acts, it asks whether that is still we. */
export function fenced<Kind extends IntentKind>(
  checkFence: CheckFence,
  { perform, reconcile }: Effect<Kind>,
): Effect<Kind> {
  return {
    perform: async (...args) => {
      await checkFence();
      return perform(...args);
    },
    reconcile: async (...args) => {
      await checkFence();
      return reconcile(...args);
    },
  };
}

/** The lander's lock; who waited for it for minutes may have lost the run meanwhile. */
export const fencedLock = (checkFence: CheckFence, lock: LanderLock): LanderLock => ({
  hold: (work) =>
    lock.hold(async (isOurs) => {
      await checkFence();
      return work(isOurs);
    }),
});
