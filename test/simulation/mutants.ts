import type { Effects } from '../../lib/model/effect.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { AgentRun, RefMove } from '../../lib/model/intent.js';
import { outcomeOf } from './imagined-agent.js';
import { stepsOf, type EffectWorld } from './imagined-effects.js';
import { commitsOf, landedAs, takeLanderLock } from './imagined-landing.js';
import type { Mutant } from './live.js';
import { askingMutants } from './mutants-asking.js';

/** Recoveries that are wrong on purpose, given to the loop as the parts it takes: the suite must tell each of them. */
export const mutants: Readonly<Record<string, Mutant>> = {
  'a recovery that takes open intents for undone': {
    effects: (effects) => ({
      ...effects,
      'agent.run': { ...effects['agent.run'], reconcile: (intent) => soon(neverCalled(intent)) },
      'ref.move': { ...effects['ref.move'], reconcile: (intent) => soon(neverMoved(intent)) },
    }),
  },
  'a recovery that takes open landings for done': {
    effects: (effects) => ({
      ...effects,
      'ref.move': { ...effects['ref.move'], reconcile: (intent) => soon(landed(intent)) },
    }),
  },
  'a recovery that empties the lane of a call that was cut off': {
    effects: (effects, { world }) => ({
      ...effects,
      'agent.run': {
        ...effects['agent.run'],
        reconcile: (...given) => {
          const lane = world.lanes.get(given[0].lane);
          if (lane) lane.files = world.git.treeOf(given[0].base);
          return effects['agent.run'].reconcile(...given);
        },
      },
    }),
  },
  'a journal without a fence': { hasNoFence: true },
  'a lander that trusts its lock instead of comparing': { effects: trustingTheLock },
  'a resumed run that hands out keys which rest': {
    fold: ({ pools }) => {
      for (const { keys } of pools.values()) for (const key of keys) delete key.until;
    },
  },
  ...askingMutants,
};

const soon = (event: EventDraft) => Promise.resolve([event]);

const neverCalled = ({ attempt, round, key }: AgentRun): EventDraft => ({
  type: 'agent.finished',
  attempt,
  round,
  outcome: outcomeOf({ kind: 'cancelled' }),
  closes: key,
});

const neverMoved = ({ ticket, key }: RefMove): EventDraft =>
  ticket === undefined
    ? {
        type: 'bookkeeping.landed',
        failure: { code: 'git/failed', message: 'not moved' },
        closes: key,
      }
    : { type: 'landing.bounced', ticket, why: 'stale', closes: key };

const landed = (intent: RefMove) => landedAs(intent, commitsOf(intent));

/** Looks at the branch under the lock, then writes it, come what may. */
function trustingTheLock(effects: Effects, parts: EffectWorld): Effects {
  const { world, life } = parts;
  const { own, child } = stepsOf(parts);
  const perform = async (intent: RefMove): Promise<EventDraft[]> => {
    await takeLanderLock(parts);
    const tip = await own('look', () => world.tip);
    const isDone = world.git.isAncestor(intent.new, tip);
    if (!isDone && tip === intent.old) {
      await child('write the branch', () => world.git.refs.set(world.branch, intent.new));
    }
    if (world.lander === life) world.lander = undefined;
    void child('publish', () => world.publish(intent.new));
    return [isDone || tip === intent.old ? landed(intent) : neverMoved(intent)];
  };
  return { ...effects, 'ref.move': { perform, reconcile: perform } };
}
