import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { AgentMessage, AgentOutcome } from '../../lib/model/agent.js';
import type { Summary } from '../../lib/model/summary.js';
import type { Rig } from '../rig/rig.js';

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
