import type { ChalkInstance } from 'chalk';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import type { AgentMessage } from '../model/agent.js';
import type { RunEvent } from '../model/event.js';
import type { AttemptAddress } from '../model/ids.js';
import { eventLines } from './event-lines.js';
import { createLiveView, type LiveView } from './live/live-view.js';
import type { Size } from './live/screen.js';
import { publicEvent } from './public-events.js';
import { saidLines } from './said-lines.js';
import { summaryText } from './summary-text.js';

/** What a run tells while it goes on. It only reads; without it a run works the same. */
export interface Reporter {
  event(event: RunEvent, state: RunState): void;
  message(attempt: string, message: AgentMessage): void;
  /** Rings the terminal's bell, where this is a terminal and nobody asked for silence. */
  ring(): void;
  /** The view that stands on the screen, where there is one. */
  readonly live?: LiveView;
  /** Takes the live view away. */
  close(): void;
}

export interface ReporterSettings {
  readonly form: 'plain' | 'live' | 'json' | 'quiet';
  readonly write: (text: string) => void;
  /** Whether it is written to a terminal that somebody sits at. */
  readonly hasBell: boolean;
  /** plain: also what agents say, each line with its ticket before it. */
  readonly tellsAgents?: boolean;
  readonly size: () => Size;
  readonly paint: ChalkInstance;
  readonly now: () => number;
}

const BELL = '\u0007';

/** json: a public event a line. quiet: only the summary. plain: a line for what matters. live: those, and a view below. */
export function createReporter(settings: ReporterSettings): Reporter {
  const { form, write, paint } = settings;
  if (form === 'json') {
    return {
      event(event, state) {
        const told = publicEvent(event, state);
        if (told) write(`${JSON.stringify(told)}\n`);
      },
      message: () => undefined,
      ring: () => undefined,
      close: () => undefined,
    };
  }
  const live = form === 'live' ? createLiveView(settings) : undefined;
  const print = (text: string) => (live ? live.print(text) : write(text));
  return {
    event(event, state) {
      const lines = form === 'quiet' ? [] : eventLines(event, state, paint);
      if (event.type === 'run.finished') lines.push(summaryText(summarise(state), paint));
      if (lines.length > 0) print(`${lines.join('\n')}\n`);
      if (event.type === 'run.finished') live?.close();
      else live?.event(event, state);
    },
    message(attempt, message) {
      live?.message(attempt, message);
      if (form !== 'plain' || settings.tellsAgents !== true) return;
      const lines = saidLines(attempt as AttemptAddress, message, paint);
      if (lines.length > 0) write(`${lines.join('\n')}\n`);
    },
    ring() {
      if (settings.hasBell && form !== 'quiet') write(BELL);
    },
    ...(live ? { live } : {}),
    close: () => live?.close(),
  };
}
