import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { AgentMessage, AgentOutcome } from '../../lib/model/agent.js';
import type { Summary } from '../../lib/model/summary.js';
import type { Rig } from '../rig/rig.js';
import type { StreamEnd } from '../rig/stream-end.js';

/** What agents said, as the run wrote it down. */
export function activityOf(rig: Rig): readonly AgentMessage[] {
  const runs = join(rig.gitDir, 'sage/runs');
  return readdirSync(runs, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('activity.ndjson'))
    .flatMap((path) => readFileSync(join(runs, path), 'utf8').trim().split('\n'))
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { message: AgentMessage }).message);
}

/** How the calls for a ticket ended, in their order. */
export const outcomesOf = (rig: Rig, ticket: string): readonly AgentOutcome[] =>
  rig
    .journal()
    .flatMap((event) =>
      event.type === 'agent.finished' && event.attempt.startsWith(`${ticket}#`)
        ? [event.outcome]
        : [],
    );

/** How the last call for a ticket ended. */
export const outcomeOf = (rig: Rig, ticket: string): AgentOutcome | undefined =>
  outcomesOf(rig, ticket).at(-1);

/** Of a run over T-1, T-2 and T-3, at once: all have landed, each after a session of its own that said so. */
export function expectThreeLanded(rig: Rig, { code, summary }: StreamEnd): void {
  expect(code).toBe(0);
  expect(summary.landed.map(({ id }) => id).sort()).toEqual(['T-1', 'T-2', 'T-3']);
  expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED', 'T-3': 'COMPLETED' });
  const outcomes = ['T-1', 'T-2', 'T-3'].map((id) => outcomesOf(rig, id));
  expect(outcomes).toMatchObject(
    ['T-1', 'T-2', 'T-3'].map((id) => [
      { end: { kind: 'exited', code: 0 }, lastMessage: `${id} is done.` },
    ]),
  );
  const sessions = activityOf(rig).flatMap((said) =>
    said.type === 'session' ? [said.sessionId] : [],
  );
  expect(sessions.sort()).toEqual(outcomes.map(([outcome]) => outcome?.sessionId).sort());
  expect(new Set(sessions).size).toBe(3);
}

/** A run with one ticket whose agent has no account that works: the ticket is not blamed and waits. Why it stopped. */
export function stoppedFor(rig: Rig, { exitCode, pending, deferred, stoppedBy }: Summary) {
  expect({ exitCode, deferred, states: new Set(Object.values(rig.states())) }).toEqual({
    ...{ exitCode: 4, deferred: [] },
    states: new Set(['UNPROCESSED']),
  });
  expect(pending).toHaveLength(1);
  expect(stoppedBy).toMatchObject({ mode: 'drain', by: 'credentials' });
  return stoppedBy?.failure;
}
