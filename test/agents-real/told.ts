import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentMessage, AgentOutcome } from '../../lib/model/agent.js';
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
