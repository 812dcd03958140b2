import { stateOf } from '../engine/fresh-state.js';
import { apply } from '../engine/apply.js';
import type { RunState } from '../engine/state.js';
import type { RunEvent } from '../model/event.js';
import { Refusal, type Failure } from '../model/failure.js';
import { runId, type RunId } from '../model/ids.js';
import { listRuns } from '../journal/run-directory.js';

/** The state that a journal tells, or nothing when its run never began. */
export function foldJournal(events: readonly RunEvent[]): RunState | undefined {
  if (events[0]?.type !== 'run.planned') return undefined;
  let state: RunState | undefined;
  for (const event of events) state = foldNext(state, event);
  return state;
}

/** The state with one more event of its journal, for who reads on while it grows; nothing until its run was planned. */
export function foldNext(state: RunState | undefined, event: RunEvent): RunState | undefined {
  const told = state ?? (event.type === 'run.planned' ? stateOf(event, event.at) : undefined);
  if (told) apply(told, event);
  return told;
}

/** A run that somebody named, by its id or its branch; a Refusal when there is no such run. */
export async function knownRun(commonDir: string, asked: string): Promise<RunId> {
  const name = asked.replace(/^sage\//, '');
  const runs = (await listRuns(commonDir)).map(({ run }) => run);
  if (runs.includes(runId(name))) return runId(name);
  const last = runs.at(-1);
  throw new Refusal(
    [
      noRun(
        `there is no run ${JSON.stringify(asked.slice(0, 80))} here`,
        last && `the newest is ${last}`,
      ),
    ],
    2,
  );
}

export const noRun = (message: string, hint?: string): Failure => ({
  code: 'usage/invalid',
  message,
  ...(hint ? { hint } : {}),
});

/** The run that somebody named, or the newest; a Refusal when there is none. */
export async function chooseRun(commonDir: string, asked: string | undefined): Promise<RunId> {
  if (asked !== undefined) return knownRun(commonDir, asked);
  const newest = (await listRuns(commonDir)).at(-1);
  if (newest) return newest.run;
  throw new Refusal([noRun('no run has begun in this repository', 'sage stream --auto')], 2);
}
