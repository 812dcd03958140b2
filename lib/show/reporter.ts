import type { ChalkInstance } from 'chalk';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import type { AgentMessage } from '../model/agent.js';
import type { RunEvent } from '../model/event.js';
import { eventLines } from './event-lines.js';
import { publicEvent } from './public-events.js';
import { createStatusLine } from './status-line.js';
import { summaryText } from './summary-text.js';

/** What a run tells while it goes on. It only reads; without it a run works the same. */
export interface Reporter {
  event(event: RunEvent, state: RunState): void;
  message(attempt: string, message: AgentMessage): void;
  /** Takes the status line away; nothing is printed after it. */
  close(): void;
}

export interface ReporterSettings {
  readonly form: 'plain' | 'terminal' | 'json' | 'quiet';
  readonly write: (text: string) => void;
  readonly stream: NodeJS.WriteStream;
  readonly paint: ChalkInstance;
  readonly now: () => number;
}

/** json: a public event a line. quiet: only the summary. plain: a line for what matters. terminal: those and a status line. */
export function createReporter(settings: ReporterSettings): Reporter {
  const { form, write, paint } = settings;
  if (form === 'json') {
    return {
      event(event, state) {
        const told = publicEvent(event, state);
        if (told) write(`${JSON.stringify(told)}\n`);
      },
      message: () => undefined,
      close: () => undefined,
    };
  }
  const status = form === 'terminal' ? createStatusLine(settings.stream, settings.now) : undefined;
  return {
    event(event, state) {
      const lines = form === 'quiet' ? [] : eventLines(event, state, paint);
      if (event.type === 'run.finished') {
        status?.close();
        lines.push(summaryText(summarise(state), paint));
      }
      if (lines.length > 0) {
        status?.clear();
        write(`${lines.join('\n')}\n`);
      }
      status?.show(state);
    },
    message(attempt, message) {
      status?.message(attempt, message);
    },
    close: () => status?.close(),
  };
}
