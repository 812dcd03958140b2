import type { EventDraft } from '../../lib/model/event.js';
import type { IntentOf } from '../../lib/model/intent.js';
import type { EffectWorld } from './imagined-effects.js';

/** As lib/run/rest.ts, on virtual time. */
export async function rest(
  parts: EffectWorld,
  { agent, credential, key, until }: IntentOf<'credential.rest'>,
  cancel: AbortSignal,
): Promise<EventDraft[]> {
  await reached(parts, key, until, cancel);
  return [{ type: 'credential.rested', agent, credential, closes: key }];
}

export async function waitForKey(
  parts: EffectWorld,
  { attempt, key, until }: IntentOf<'credential.wait'>,
  cancel: AbortSignal,
): Promise<EventDraft[]> {
  await reached(parts, key, until, cancel);
  return [{ type: 'credential.waited', attempt, closes: key }];
}

async function reached(
  { timeline, life }: EffectWorld,
  name: string,
  until: string,
  cancel: AbortSignal,
): Promise<void> {
  const at = Date.parse(until);
  while (timeline.now < at && !cancel.aborted)
    await timeline.later(life, 'own', `${name}: rests`, () => undefined, 2 * (at - timeline.now));
}
