import { apply } from '../engine/apply.js';
import { eventsOf, isCommand } from '../engine/commands.js';
import { decide } from '../engine/decide.js';
import type { RunState } from '../engine/state.js';
import { isWanted } from '../engine/wanted.js';
import type { Journal } from '../journal/journal.js';
import type { Clock } from '../model/clock.js';
import type { Command } from '../model/command.js';
import type { Effect, Effects } from '../model/effect.js';
import type { EventDraft, RunEvent } from '../model/event.js';
import type { Intent, IntentKind } from '../model/intent.js';
import { Refusal } from '../model/failure.js';
import { diskTrouble } from '../journal/disk-trouble.js';
import type { Inbox } from './inbox.js';
import { orSuspension } from './suspension.js';

/** What the loop works with. */
export interface LoopParts {
  readonly journal: Journal;
  readonly effects: Effects;
  readonly inbox: Inbox<EventDraft | Command>;
  readonly clock: Clock;
  /** The run's own folder and others on the disks that it needs. */
  readonly folders: readonly [string, ...string[]];
  /** Told every event once it is on the disk. */
  readonly onEvent: (event: RunEvent, state: RunState) => void;
}

/**
 * The only writer: facts → journal → state → intents → flush → effects. An effect starts after the record that
 * announces it is on the disk; its outcome comes back through the inbox as events that close it. Resuming is the same
 * loop, which begins by asking the world about the intents that are still open. A run that an outside fault suspends
 * ends with a Refusal once nothing of it works any more; it can be resumed.
 */
export async function loop(parts: LoopParts, state: RunState): Promise<RunState> {
  const { journal, effects, inbox, clock, folders, onEvent } = parts;
  const cancel = new AbortController();
  const told: RunEvent[] = [];
  const running = new Map<string, Running>();

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
  try {
    // Checks and set-ups among them take minutes: meanwhile it is told that the run goes on, and it can be stopped.
    await flush();
    for (const intent of left) follow(intent, effect(effects, intent).reconcile);
    return await turns();
  } catch (error) {
    // Nothing may work on without an owner, not even to its end: what it leaves is found by the next start.
    cancel.abort();
    await Promise.all([...running.values()].map(({ ended }) => ended));
    const failure = error instanceof Refusal ? undefined : await diskTrouble(error, folders[0]);
    throw failure ? new Refusal([failure], 1) : error;
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
      stopUnwanted();
      if (state.suspended && running.size === 0 && inbox.isEmpty())
        throw new Refusal([state.suspended], 1);
      const isWaiting = state.paused !== undefined || state.question !== undefined;
      if (running.size === 0 && inbox.isEmpty() && !isWaiting)
        throw new Error('the run waits for nothing and is not finished');
      await inbox.ready();
    }
  }

  function takeInbox() {
    for (const item of inbox.drain()) {
      if (isCommand(item)) eventsOf(item, state).forEach(record);
      else record(item);
    }
  }

  function launch(intent: Intent) {
    const { perform, reconcile } = effect(effects, intent);
    // An exception is a small crash: ask the world, once; a second one stops the run, resumable.
    follow(intent, (...args) =>
      perform(...args).catch(async (error: unknown) => {
        if (error instanceof Refusal || (await diskTrouble(error, folders[0]))) throw error;
        return reconcile(...args);
      }),
    );
  }

  function follow(intent: Intent, act: Effect<IntentKind>['perform']) {
    const stop = new AbortController();
    const outcome = act(intent, AbortSignal.any([cancel.signal, stop.signal])).then(
      (events) => orSuspension(events, folders),
      async (error: unknown) => {
        const failure = await diskTrouble(error, folders[0]);
        if (!failure) throw error;
        return [{ type: 'run.suspended', failure } as const];
      },
    );
    const ended = outcome.then(
      (events) => {
        running.delete(intent.key);
        inbox.put(events);
      },
      (error: unknown) => inbox.fail(error),
    );
    running.set(intent.key, { intent, stop, ended });
  }

  /** What nobody waits for any more is ended, each alone; that it has ended closes it. */
  function stopUnwanted() {
    for (const { intent, stop } of running.values()) if (!isWanted(state, intent)) stop.abort();
  }
}

/** An effect under way. */
interface Running {
  readonly intent: Intent;
  readonly stop: AbortController;
  /** Never rejects. */
  readonly ended: Promise<unknown>;
}

/** The table's entry for an intent; its type guarantees that the two fit. */
const effect = (effects: Effects, intent: Intent) => effects[intent.kind] as Effect<IntentKind>;
