import { createInterface } from 'node:readline';

/** Lines that somebody types, taken one by one. */
export interface Lines {
  /** The next line that is typed from now on; undefined: there will be none. */
  next(): Promise<string | undefined>;
  /** Whoever waits for a line gets none, because nobody asks any more. */
  forget(): void;
  /** Leaves the terminal to somebody else meanwhile. */
  without<Value>(act: () => Promise<Value>): Promise<Value>;
  close(): void;
}

/** The terminal passes lines on and makes its signals itself; what is typed while nobody waits for it is dropped. */
export function openLines(input: NodeJS.ReadStream): Lines {
  const reader = createInterface({ input, terminal: false });
  let wake: ((line: string | undefined) => void) | undefined;
  let isOver = false;
  const tell = (line: string | undefined) => {
    wake?.(line);
    wake = undefined;
  };
  reader.on('line', tell);
  reader.on('close', () => {
    isOver = true;
    tell(undefined);
  });
  // A terminal that has gone is none; the hang-up is told by its signal.
  input.on('error', () => reader.close());
  return {
    next: () => (isOver ? Promise.resolve(undefined) : new Promise((resolve) => (wake = resolve))),
    forget: () => tell(undefined),
    async without(act) {
      reader.pause();
      try {
        return await act();
      } finally {
        if (!isOver) reader.resume();
      }
    },
    close() {
      reader.close();
      input.pause();
    },
  };
}
