import type { EventDraft } from '../../lib/model/event.js';
import { oid } from '../../lib/model/ids.js';
import type { IntentOf } from '../../lib/model/intent.js';
import type { ImaginedWorld } from './fate.js';

/** The merge of a ticket's work onto what is before it. */
export function candidate(
  intent: IntentOf<'candidate.build'>,
  fails: boolean,
  { fate, nature, contents }: ImaginedWorld,
): EventDraft {
  const { ticket: id, onto, ahead = [], tip = onto } = intent;
  const closes = intent.key;
  const head = { ticket: id, onto, closes };
  const aside = (place: number): EventDraft =>
    place === 0
      ? { type: 'landing.conflicted', ...head, onto: tip, files: ['a'] }
      : {
          type: 'landing.set-aside',
          ticket: id,
          behind: ahead[place - 1]!.ticket,
          files: ['a'],
          closes,
        };
  if (fails) {
    const dice = fate.random();
    if (dice < 0.2) return { ...head, type: 'landing.emptied' };
    if (dice < 0.8) return aside(Math.floor(fate.random() * (ahead.length + 1)));
    return {
      ...head,
      type: 'landing.bounced',
      why: 'failed',
      failure: { code: 'git/failed', message: 'no' },
    };
  }
  const places = [tip, ...ahead.map(({ commit }) => commit)];
  const at = places.findIndex((place) =>
    [...(contents.get(place) ?? [])].some((other) => nature.collide?.(id, other)),
  );
  // Attempts after a conflict know what landed.
  if (at >= 0 && !(intent.attempt ?? '#1').endsWith('#2')) return aside(at);
  const commit = oid(`c-${intent.key}`);
  contents.set(commit, new Set([...(contents.get(onto) ?? []), id]));
  return { ...head, type: 'landing.prepared', commit, tree: oid(`t-${intent.key}`), files: 1 };
}

/** The run's branch moved, or found where nobody of us put it. */
export function move(
  intent: IntentOf<'ref.move'>,
  fails: boolean,
  target: string | undefined,
): EventDraft {
  const { ticket: id, key: closes, group } = intent;
  if (!id) return { type: 'bookkeeping.landed', commit: intent.new, closes };
  if (fails) {
    const tip = oid(`foreign-${closes}`);
    return { type: 'landing.bounced', ticket: id, why: 'stale', tip, closes };
  }
  const commit = group?.[0]?.commit ?? intent.new;
  const rest = group ? { rest: group.slice(1) } : {};
  const seen = target === undefined ? {} : { target: oid(target) };
  return { type: 'landing.landed', ticket: id, commit, ms: 1, ...rest, ...seen, closes };
}
