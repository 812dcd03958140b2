import { watch, type FSWatcher } from 'node:fs';

/** Word that a file has grown. */
export interface FileWatch extends Disposable {
  /** What came up to now is about to be read: only what comes from here on counts as growth. */
  rearm(): void;
  /** Settles when the file has grown since, perhaps, and at the latest after `limitMs`. */
  grown(limitMs: number): Promise<void>;
}

export function watchFile(file: string): FileWatch {
  let watcher: FSWatcher | undefined;
  let hasGrown = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    hasGrown = true;
    wake?.();
  };
  return {
    rearm() {
      hasGrown = false;
    },
    async grown(limitMs) {
      watcher ??= watched(file, ring);
      if (hasGrown) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          wake = undefined;
          resolve();
        };
        // Where notifications are lost, or the file cannot be watched, looking now and then is enough.
        const timer = setTimeout(done, limitMs);
        wake = done;
      });
    },
    [Symbol.dispose]: () => watcher?.close(),
  };
}

function watched(file: string, ring: () => void): FSWatcher | undefined {
  try {
    return watch(file, ring).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
