import type { PublicEvent } from '../../lib/model/public-event.js';
import type { Summary } from '../../lib/model/summary.js';
import type { ProgramEnd } from './program.js';

/** How a run ended that spoke JSON. */
export interface StreamEnd extends ProgramEnd {
  readonly events: readonly PublicEvent[];
  readonly summary: Summary;
}

/** Reads what `stream --json` printed; throws with everything it said when there is no summary. */
export function readStreamEnd(end: ProgramEnd): StreamEnd {
  const told = `it ended with ${end.code ?? end.signal ?? ''}:\n${end.stdout}\n${end.stderr}`;
  const events = end.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      try {
        return JSON.parse(line) as PublicEvent;
      } catch {
        throw new Error(`not a line of JSON: ${line}\n${told}`);
      }
    });
  const last = events.at(-1);
  if (last?.type !== 'run.finished') throw new Error(`the run told no summary; ${told}`);
  return { ...end, events, summary: last.summary };
}
