import type { RunState } from '../engine/state.js';
import type { Backlog } from '../model/backlog.js';
import type { Command } from '../model/command.js';
import type { Confirm } from '../model/question.js';
import type { RunEvent } from '../model/event.js';
import type { Survey } from './survey.js';
import type { Surroundings } from './surroundings.js';

/** What going on with a run needs from outside. */
export interface ResumeRequest {
  readonly surroundings: Surroundings;
  readonly onEvent: (event: RunEvent, state: RunState) => void;
  /**
   * Listens for what its user wants of it, by signals and keys, until disposed. The third Ctrl-C is not told: it ends the
   * process, and the warden the rest.
   */
  readonly listen: (onCommand: (command: Command) => void) => Disposable;
  /** Rings for a human, where somebody can hear it. */
  readonly ring: () => void;
  /** Where its human shall be asked from now on; absent: as before. */
  readonly confirm?: Confirm | 'nowhere';
  /** Words to the person who started it, beside those of the run. */
  readonly say: (line: string) => void;
}

/** What beginning one needs, too. */
export interface RunRequest extends ResumeRequest {
  /** Looks at index, configuration and refs as they are now; throws a Refusal for faults. */
  readonly look: () => Promise<Survey>;
  readonly backlog: Backlog;
  readonly limit: number | undefined;
  /** `--agent`: above what tickets and configuration say. */
  readonly agent: string | undefined;
  /** Keeps two runs of one second apart. */
  readonly nonce: string;
}
