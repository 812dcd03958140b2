import type { Effect } from '../model/effect.js';
import { success } from '../model/failure.js';
import { notCreated } from './lane-link.js';
import type { LaneYard } from './lane.js';
import { layEarlier } from './lay-earlier.js';
import { readyLane } from './ready-lane.js';

/** The effect that gives an attempt its lane. Doing it again after a crash is the recovery. */
export function createLanePrepare(yard: LaneYard): Effect<'lane.prepare'> {
  const perform: Effect<'lane.prepare'>['perform'] = async (intent, cancel) => {
    const { lane, ticket, attempt, base, earlier, key } = intent;
    const started = yard.clock.monotonic();
    const ready = await readyLane(yard, {
      name: lane,
      commit: base,
      guest: { ticket, attempt, base },
      occasion: attempt,
      cancel,
    });
    if (!ready.ok) {
      return [{ type: 'lane.failed', lane, attempt, failure: ready.failure, closes: key }];
    }
    const laid = earlier ? await layEarlier(yard, ready.value.lane, base, earlier) : success(false);
    if (!laid.ok) {
      const failure = notCreated(ready.value.lane, laid.failure.message);
      return [{ type: 'lane.failed', lane, attempt, failure, closes: key }];
    }
    const { wasNew, setupMs, notes } = ready.value;
    const ms = Math.round(yard.clock.monotonic() - started);
    const told = {
      ...(laid.value ? { holdsEarlier: true as const } : {}),
      ...(notes.length === 0 ? {} : { notes }),
    };
    return [{ type: 'lane.prepared', lane, attempt, ms, setupMs, wasNew, ...told, closes: key }];
  };
  return { perform, reconcile: perform };
}
