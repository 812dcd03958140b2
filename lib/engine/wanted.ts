import type { Intent } from '../model/intent.js';
import type { RunState } from './state.js';
import { areKeysWanted } from './decide-credentials.js';
import { wantsVerdict } from './window.js';

/** Whether somebody still waits for what an open intent brings; what nobody wants is stopped where it can be. */
export function isWanted(state: RunState, intent: Intent): boolean {
  switch (intent.kind) {
    case 'agent.run':
      return (
        !state.cancelling.has(intent.ticket) &&
        state.active.get(intent.attempt)?.overspent === undefined
      );
    case 'lane.prepare':
    case 'scripts.run':
      return !state.cancelling.has(intent.ticket);
    case 'credential.rest':
      return areKeysWanted(state);
    case 'credential.wait':
      return state.active.get(intent.attempt)?.wait !== undefined;
    case 'checks.run':
      return wantsVerdict(state, intent);
    default:
      return true;
  }
}
