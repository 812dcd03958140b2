import type { RunState } from '../engine/state.js';
import type { Command } from '../model/command.js';
import type { RunEvent } from '../model/event.js';
import type { Survey } from './survey.js';
import type { Surroundings } from './workshop.js';

/** What a start needs from outside. */
export interface RunRequest {
  readonly surroundings: Surroundings;
  /** Looks at index, configuration and refs as they are now; throws a Refusal for faults. */
  readonly look: () => Promise<Survey>;
  readonly limit: number | undefined;
  /** Keeps two runs of one second apart. */
  readonly nonce: string;
  /** Words to the person who started it, before the run speaks. */
  readonly say: (line: string) => void;
  readonly onEvent: (event: RunEvent, state: RunState) => void;
  /** Listens for stops until disposed. `onLast` is the third Ctrl-C: kill and leave. */
  readonly listen: (
    onStop: (stop: Omit<Command, 'type'>) => void,
    onLast: () => void,
  ) => Disposable;
}
