/** Who asked to stop, and how far: written to the run's inbox as a Command. */
export interface StopRequest {
  /** drain: nothing new starts, running tickets finish and land. cancel: agents are ended, their work is kept. */
  readonly mode: 'drain' | 'cancel';
  readonly by: string;
}

/** Listening for stops, until disposed. */
export interface Stops extends Disposable {
  /** Somebody asked for it in another way than by a signal: the next Ctrl-C cancels. */
  drain(by: string): void;
}

/**
 * Listens for the signals that ask a run to stop, until disposed.
 *
 *     Ctrl-C:           drain → cancel → last
 *     SIGTERM, SIGHUP:  cancel → last            (a supervisor, a closed terminal: nobody will press again)
 *
 * `onLast` bypasses the loop: it must kill what runs, synchronously. After it the process dies of the signal, which shells
 * report as 130 for Ctrl-C; recovery treats that like any crash. A Ctrl-C that is repeated within 100 ms counts once: the
 * terminal sends it to the whole process group, and wrappers (npm, npx) forward theirs on top.
 */
export function listenForStops(
  onStop: (request: StopRequest) => void,
  onLast: () => void,
  now: () => number,
): Stops {
  let step: 'running' | 'draining' | 'cancelling' = 'running';
  let lastAt = -Infinity;

  const listener = (signal: NodeJS.Signals) => {
    const at = now();
    if (at - lastAt < 100) return;
    lastAt = at;
    const by = signal === 'SIGINT' ? 'Ctrl-C' : signal;
    if (step === 'cancelling') {
      dispose();
      onLast();
      process.kill(process.pid, signal);
    } else if (step === 'running' && signal === 'SIGINT') {
      drain(by);
    } else {
      step = 'cancelling';
      onStop({ mode: 'cancel', by });
    }
  };
  const drain = (by: string) => {
    if (step !== 'running') return;
    step = 'draining';
    onStop({ mode: 'drain', by });
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const dispose = () => {
    for (const signal of signals) process.off(signal, listener);
  };
  for (const signal of signals) process.on(signal, listener);
  return { drain, [Symbol.dispose]: dispose };
}
