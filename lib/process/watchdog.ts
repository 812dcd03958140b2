import type { Clock } from '../model/clock.js';

/** How long a program may run, and how long it may stay silent, in milliseconds. */
export interface Limits {
  readonly limitMs?: number | undefined;
  readonly silenceMs?: number | undefined;
}

/** Why a program must end. */
export type Expiry = 'timed-out' | 'silent';

/** Watches the two limits of one program. */
export interface Watchdog {
  /** It printed something. */
  heard(): void;
  stop(): void;
}

/** Timers count up to 2^31 − 1 ms. */
const LONGEST_TIMER_MS = 2_000_000_000;

/**
 * Calls `expire` once when a limit is passed by the monotonic clock, which stands still while the machine sleeps.
 * Costs one timer, however much the program prints.
 */
export function startWatchdog(
  clock: Clock,
  limits: Limits,
  expire: (why: Expiry, limitMs: number) => void,
): Watchdog {
  const startedAt = clock.monotonic();
  let heardAt = startedAt;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const left = () => {
    const now = clock.monotonic();
    return {
      limit: (limits.limitMs ?? Infinity) - (now - startedAt),
      silence: (limits.silenceMs ?? Infinity) - (now - heardAt),
    };
  };
  const check = () => {
    if (isStopped) return;
    const { limit, silence } = left();
    if (limit <= 0) expire('timed-out', limits.limitMs ?? 0);
    else if (silence <= 0) expire('silent', limits.silenceMs ?? 0);
    else arm(Math.min(limit, silence));
  };
  const arm = (ms: number) => {
    if (ms === Infinity) return;
    // When this process itself was stopped (Ctrl-Z), the program's output waits in the pipe: read it before judging.
    timer = setTimeout(
      () => setImmediate(() => setImmediate(check)),
      Math.min(Math.ceil(ms), LONGEST_TIMER_MS),
    );
  };

  arm(Math.min(limits.limitMs ?? Infinity, limits.silenceMs ?? Infinity));
  return {
    heard() {
      heardAt = clock.monotonic();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
