import type { TicketId } from '../model/ids.js';
import { judgedNow, mendedBetween, shrink } from './baseline.js';
import { entryOf } from './chain.js';
import type { RunState } from './state.js';

/**
 * What landed without a known failure may not have it again: nor may what was verified before. `name` stands at the tip
 * of the move, whose tree is the one that counts.
 */
export function noteMended(state: RunState, name: TicketId): void {
  const verdict = entryOf(state, name)?.check?.verdict;
  if (!verdict) return;
  const before = state.baseline;
  state.baseline = shrink(before, verdict);
  const mended = mendedBetween(before, state.baseline);
  if (mended.length === 0) return;
  state.mended.push(...mended.map((one) => ({ ticket: name, ...one })));
  for (const entry of state.landing.chain) {
    const { check } = entry;
    if (!check?.verdict) continue;
    entry.check = { ...check, verdict: judgedNow(state.baseline, check.verdict) };
  }
}
