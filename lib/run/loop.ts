import { apply } from '../engine/apply.js';
import { decide } from '../engine/decide.js';
import type { RunState } from '../engine/state.js';
import type { Journal } from '../journal/journal.js';
import type { Clock } from '../model/clock.js';
import type { Command } from '../model/command.js';
import type { Effect, Effects } from '../model/effect.js';
import type { EventDraft, RunEvent } from '../model/event.js';
import type { Intent, IntentKind } from '../model/intent.js';
import type { Inbox } from './inbox.js';

/** What the loop works with. */
export interface LoopParts {
  readonly journal: Journal;
  readonly effects: Effects;
  readonly inbox: Inbox<EventDraft | Command>;
  readonly clock: Clock;
  /** Told every event once it is on the disk. */
  readonly onEvent: (event: RunEvent, state: RunState) => void;
}

/**
 * The only writer: facts → journal → state → intents → flush → effects. An effect starts after the record that
 * announces it is on the disk; its outcome comes back through the inbox as events that close it. Resuming is the same
 * loop, which begins by asking the world about the intents that are still open.
 */
export async function loop(parts: LoopParts, state: RunState): Promise<RunState> {
  const { journal, effects, inbox, clock, onEvent } = parts;
  const cancel = new AbortController();
  const told: RunEvent[] = [];
  const running = new Set<Promise<unknown>>();

  const record = (draft: EventDraft) => {
    const event = journal.append(draft);
    apply(state, event);
    told.push(event);
    if (event.type === 'run.stop-requested' && event.mode === 'cancel') cancel.abort();
  };
  const flush = async () => {
    await journal.flush();
    for (const event of told.splice(0)) onEvent(event, state);
  };

  takeInbox();
  const left = [...state.open.values()];
  // Checks and set-ups among them take minutes: meanwhile it is told that the run goes on, and it can be stopped.
  await flush();
  for (const intent of left) follow(effect(effects, intent).reconcile(intent, cancel.signal));

  try {
    return await turns();
  } catch (error) {
    // Nothing may work on without an owner, not even to its end: what it leaves is found by the next start.
    cancel.abort();
    await Promise.all(running);
    throw error;
  }

  async function turns(): Promise<RunState> {
    for (;;) {
      takeInbox();
      const opened: Intent[] = [];
      for (let next = decide(state, clock.now()); next; next = decide(state, clock.now())) {
        record(next);
        if (next.opens) opened.push(next.opens);
      }
      await flush();
      if (state.finished) return state;
      opened.forEach(launch);
      if (running.size === 0 && inbox.isEmpty())
        throw new Error('the run waits for nothing and is not finished');
      await inbox.ready();
    }
  }

  function takeInbox() {
    for (const item of inbox.drain()) {
      if (item.type === 'stop') record({ ...item, type: 'run.stop-requested' });
      else record(item);
    }
  }

  function launch(intent: Intent) {
    const { perform, reconcile } = effect(effects, intent);
    // An exception is a small crash: ask the world, once; a second one stops the run, resumable.
    follow(perform(intent, cancel.signal).catch(() => reconcile(intent, cancel.signal)));
  }

  function follow(outcome: Promise<readonly EventDraft[]>) {
    const followed = outcome.then(
      (events) => {
        running.delete(followed);
        inbox.put(events);
      },
      (error: unknown) => inbox.fail(error),
    );
    running.add(followed);
  }
}

/** The table's entry for an intent; its type guarantees that the two fit. */
const effect = (effects: Effects, intent: Intent) => effects[intent.kind] as Effect<IntentKind>;
