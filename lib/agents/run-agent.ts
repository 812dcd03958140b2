import type { AgentOutcome } from '../model/agent.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import type { AgentRun } from '../model/intent.js';
import { diskTrouble } from '../journal/disk-trouble.js';
import { sweepMarker } from '../process/sweep.js';
import { recallActivity } from './activity.js';
import { markerOf, type AgentRunDeps } from './agent-run-deps.js';
import { readEnd, roundFiles, writeEnd, type RoundFiles } from './attempt-files.js';
import { callAgent } from './call-agent.js';
import { reportedIn } from './outbox.js';
import { unfollowed } from './unfollowed.js';

/**
 * The effect that calls an agent once: prompt, process, outcome. The outcome is on disk before it is told, in room that
 * was taken before the agent was called, so that an agent that has ended is never called again; one that was cut off with
 * the orchestrator is told as cancelled, with what it had cost by then.
 */
export function createAgentRun(deps: AgentRunDeps): Effect<'agent.run'> {
  return {
    async perform(intent, cancel) {
      const files = filesOf(deps, intent);
      const called = await callAgent(deps, intent, files, cancel).catch((error: unknown) =>
        notCalled(deps, intent, files, error),
      );
      const outcome = withCost(deps, called);
      // It has been paid for: what cannot be remembered is told all the same, and the journal remembers it.
      await writeEnd(files.end, outcome).catch(() => undefined);
      return finished(intent, outcome);
    },
    async reconcile(intent) {
      const files = filesOf(deps, intent);
      await sweepMarker(markerOf(deps.marker, intent));
      const ended = await readEnd(files.end);
      if (ended) return finished(intent, ended);
      const cutOff = unfollowed(deps, files, { kind: 'cancelled' });
      const known = await knownOf(deps, intent, files);
      const outcome = withCost(deps, { ...cutOff, ...known });
      // The call that goes on with its session has to know what is paid for.
      await writeEnd(files.end, outcome).catch(() => undefined);
      return finished(intent, outcome);
    },
  };
}

/**
 * A mistake of ours or of the machine on the way to the agent or back: told as such, since a call that looked cut off
 * would be made again without end. A disk without room is thrown on: the call can be made when there is some.
 */
async function notCalled(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  error: unknown,
): Promise<AgentOutcome> {
  if (await diskTrouble(error, files.end)) throw error;
  await sweepMarker(markerOf(deps.marker, intent));
  return {
    ...unfollowed(deps, files, { kind: 'not-started' }),
    failure: {
      code: 'agent/crashed',
      message: `the agent could not be called: ${error instanceof Error ? error.message : String(error)}`,
      ...(error instanceof Error && error.stack ? { evidence: error.stack.slice(0, 2_000) } : {}),
    },
    ...(await knownOf(deps, intent, files)),
  };
}

/** Prices are of the moment of the call: those of a later day do not change what it cost. */
function withCost(deps: AgentRunDeps, outcome: AgentOutcome): AgentOutcome {
  const cost = deps.costOf(outcome.usage, outcome.model);
  return cost === undefined ? outcome : { ...outcome, cost };
}

/**
 * What is known of a call without an end. Its session is one that an answer came in: before that the CLI may not have
 * written down what it was asked, and then the one that it was to go on with is the last that can be gone on with.
 */
async function knownOf(deps: AgentRunDeps, intent: AgentRun, files: RoundFiles) {
  const { told } = await recallActivity(files.activity, intent.round);
  const { sessionId: begun, ...rest } = told;
  const sessionId = told.messages + told.toolCalls > 0 ? begun : intent.sessionId;
  const session = sessionId === undefined ? {} : { sessionId };
  return { ...rest, ...session, ...(await reportedIn(deps, intent)) };
}

const filesOf = (deps: AgentRunDeps, { attempt, round }: AgentRun) =>
  roundFiles(deps.attemptFolder(attempt), round);

const finished = (intent: AgentRun, outcome: AgentOutcome): readonly EventDraft[] => [
  {
    type: 'agent.finished',
    attempt: intent.attempt,
    round: intent.round,
    outcome,
    closes: intent.key,
  },
];
