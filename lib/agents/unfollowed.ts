import { relative } from 'node:path';
import type { AgentEnd, AgentOutcome } from '../model/agent.js';
import type { AgentRunDeps } from './agent-run-deps.js';
import type { RoundFiles } from './attempt-files.js';

/** A call whose process nobody followed to its end: all that is known of it without asking what it left. */
export const unfollowed = (
  { runDirectory }: Pick<AgentRunDeps, 'runDirectory'>,
  { log }: RoundFiles,
  end: AgentEnd,
): AgentOutcome => ({ end, usage: {}, ms: 0, outputBytes: 0, log: relative(runDirectory, log) });
