import type { AgentOutcome } from '../../lib/model/agent.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { FailureCode } from '../../lib/model/failure-table.js';
import { oid } from '../../lib/model/ids.js';
import type { IntentOf } from '../../lib/model/intent.js';
import type { Harvest } from '../../lib/model/work.js';
import type { Fate, ImaginedWorld, Nature } from './fate.js';

/** A lane that is made ready, or not. */
export const lane = (intent: IntentOf<'lane.prepare'>, fails: boolean, fate: Fate): EventDraft => {
  const head = { lane: intent.lane, attempt: intent.attempt, closes: intent.key };
  if (!fails) return { ...head, type: 'lane.prepared', ms: 5, setupMs: 0, wasNew: false };
  const code = fate.random() < 0.7 ? 'lane/not-created' : 'lane/setup-failed';
  return { ...head, type: 'lane.failed', failure: { code, message: 'no' } };
};

/** An agent's end. */
export const agent = (
  intent: IntentOf<'agent.run'>,
  fails: boolean,
  isCancelled: boolean,
  { fate, nature, work }: ImaginedWorld,
): EventDraft => ({
  type: 'agent.finished',
  attempt: intent.attempt,
  round: intent.round,
  outcome: {
    ...ended(intent, fails, isCancelled || work.get(intent.key)?.isCutOff === true, fate, nature),
    usage: { costMicroUsd: work.get(intent.key)?.costMicroUsd ?? Math.floor(fate.random() * 1e6) },
    ms: 1000,
    outputBytes: 0,
    log: 'log',
  },
  closes: intent.key,
});

const ended = (
  intent: IntentOf<'agent.run'>,
  fails: boolean,
  isCutOff: boolean,
  fate: Fate,
  nature: Nature,
) => (isCutOff ? undefined : nature.refusal?.(intent)) ?? ending(fails, isCutOff, fate);

/** A call that its API refuses. */
export const refused = (
  code: FailureCode,
  limitedUntil?: string,
): Pick<AgentOutcome, 'end' | 'failure' | 'limitedUntil'> => ({
  end: { kind: 'exited', code: 1 },
  failure: { code, message: 'refused' },
  ...(limitedUntil === undefined ? {} : { limitedUntil }),
});

function ending(
  fails: boolean,
  isCancelled: boolean,
  fate: Fate,
): Pick<AgentOutcome, 'end' | 'failure'> {
  if (isCancelled) return { end: { kind: 'cancelled' } };
  if (!fails) return { end: { kind: 'exited', code: 0 } };
  const dice = fate.random();
  if (dice < 0.3) return { end: { kind: 'exited', code: 1 }, failure: RATE_LIMITED };
  if (dice < 0.8) return { end: { kind: 'exited', code: 1 } };
  const busy = { code: 'agent/crashed', message: 'EAGAIN', retryable: true } as const;
  const failure = dice < 0.9 ? busy : ({ code: 'agent/not-found', message: 'gone' } as const);
  return { end: { kind: 'not-started' }, failure };
}

export const RATE_LIMITED = { code: 'agent/rate-limited', message: '429' } as const;

/** What an attempt left in its lane. */
export const harvest = (intent: IntentOf<'work.harvest'>, fails: boolean): Harvest => ({
  ...(fails ? {} : { work: oid(`work-${intent.attempt}`) }),
  commits: [],
  base: intent.base,
  files: [],
  filesTotal: 1,
  hadLeftovers: false,
  droppedTicketEdits: [],
  kept: `refs/sage/kept/${intent.attempt}`,
  notes: [],
});
