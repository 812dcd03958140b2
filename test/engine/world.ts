import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { decide } from '../../lib/engine/decide.js';
import { isWanted } from '../../lib/engine/wanted.js';
import { eventsOf } from '../../lib/engine/commands.js';
import type { OpenQuestion, RunState } from '../../lib/engine/state.js';
import type { EventDraft, EventOf, RunEvent } from '../../lib/model/event.js';
import { oid } from '../../lib/model/ids.js';
import type { Answer, Confirm } from '../../lib/model/question.js';
import type { Intent, IntentOf } from '../../lib/model/intent.js';
import { watchCosts } from '../../lib/run/watch-costs.js';
import type { Fate, ImaginedWorld, Nature } from './fate.js';
import { agent, harvest, lane } from './imagined-agent.js';
import { check, checks } from './imagined-checks.js';
import { candidate, move } from './imagined-landing.js';

export interface LiveOptions {
  readonly commands?: (turn: number, state: RunState) => EventDraft | undefined;
  /** At these turns the process dies; the next one folds the journal, and reconciles what is open. */
  readonly kills?: (turn: number) => boolean;
  readonly nature?: Nature;
  /** Where the user's branch stands now; absent: where the run knows it to be. */
  readonly target?: () => string | undefined;
  /** What is said to an open question; asked again each turn. Absent: always go. */
  readonly answers?: (open: OpenQuestion) => Answer | undefined;
  /** Where whoever goes on after a kill wants to be asked. */
  readonly resumedAs?: Confirm | 'nowhere';
}

/**
 * The loop over a world that is only imagined: effects end in an order that fate draws, on a virtual clock, and
 * nothing outside is touched. Returns the journal and the last state.
 */
export function live(
  plan: EventOf<'run.planned'>,
  fate: Fate,
  {
    commands = () => undefined,
    kills = () => false,
    nature = {},
    target = () => undefined,
    answers = () => ({ kind: 'go' }),
    resumedAs,
  }: LiveOptions = {},
): { readonly events: RunEvent[]; readonly state: RunState } {
  const events: RunEvent[] = [];
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  let state = stateOf(plan, new Date(now).toISOString());
  const world: ImaginedWorld = { fate, nature, target, contents: new Map(), work: new Map() };
  const record = (draft: EventDraft) => {
    const event: RunEvent = {
      v: 2,
      seq: events.length + 1,
      at: new Date(now).toISOString(),
      ...draft,
    };
    events.push(event);
    apply(state, event);
  };
  record(plan);
  for (let turn = 1; turn < 100_000; turn += 1) {
    if (kills(turn)) {
      const journal = JSON.parse(JSON.stringify(events)) as RunEvent[];
      state = stateOf(plan, journal[0]!.at);
      for (const event of journal) apply(state, event);
      record({ type: 'run.resumed', by: 'test', ...(resumedAs ? { confirm: resumedAs } : {}) });
      for (const work of world.work.values()) work.isCutOff = true;
    }
    const command = commands(turn, state);
    if (command) record(command);
    for (let next = decide(state, now); next; next = decide(state, now)) record(next);
    if (state.finished) return { events, state };
    const asked = state.question;
    const answer = asked && answers(asked);
    if (asked && answer) {
      const said = { type: 'answer', asked: asked.asked, answer, by: 'test' } as const;
      const told = eventsOf(said, state);
      if (told.length === 0) throw new Error(`${answer.kind} is no answer to this question`);
      told.forEach(record);
      continue;
    }
    const open = [...state.open.values()];
    if (open.length === 0 && asked) continue;
    if (open.length === 0) throw new Error('stuck: nothing is open and the run is not finished');
    now += 1 + Math.floor(fate.random() * 60_000);
    const intent = open[Math.floor(fate.random() * open.length)] as Intent;
    // What is waited for comes, and what nobody waits for any more is over at once.
    if ('until' in intent && isWanted(state, intent)) now = Math.max(now, Date.parse(intent.until));
    if (intent.kind === 'agent.run' && goesOn(intent, state, world, record)) continue;
    outcome(intent, state, world).forEach(record);
  }
  throw new Error('the run did not end');
}

/** One more answer of the model to an agent that works in steps; false when it has come to its end. */
function goesOn(
  intent: IntentOf<'agent.run'>,
  state: RunState,
  { nature, work }: ImaginedWorld,
  record: (draft: EventDraft) => void,
): boolean {
  if (!nature.steps) return false;
  const own = work.get(intent.key) ?? { costMicroUsd: 0, left: [...nature.steps(intent)] };
  work.set(intent.key, own);
  if (own.isCutOff || !isWanted(state, intent) || state.stop?.mode === 'cancel') {
    own.isCutOff = true;
    return false;
  }
  const step = own.left.shift();
  if (step === undefined) return false;
  own.costMicroUsd += step;
  watchCosts(state, (events) => events.forEach(record))(intent, own.costMicroUsd);
  return true;
}

function outcome(intent: Intent, state: RunState, world: ImaginedWorld): EventDraft[] {
  const { fate } = world;
  const fails = fate.fails(intent);
  const closes = intent.key;
  const isCancelled = state.stop?.mode === 'cancel';
  switch (intent.kind) {
    case 'lane.prepare':
      return [lane(intent, fails, fate)];
    case 'agent.run':
      return [agent(intent, fails, isCancelled, world)];
    case 'credential.rest': {
      const { agent, credential } = intent;
      return [{ type: 'credential.rested', agent, credential, closes }];
    }
    case 'credential.wait':
      return [{ type: 'credential.waited', attempt: intent.attempt, closes }];
    case 'work.harvest':
      return [
        {
          type: 'work.harvested',
          attempt: intent.attempt,
          harvest: harvest(intent, fails),
          closes,
        },
      ];
    case 'scripts.run':
      return [
        {
          type: 'scripts.finished',
          attempt: intent.attempt,
          results: intent.scripts.map(({ name, command }) => ({
            ...check(fails ? 'failed' : 'passed'),
            name,
            command,
          })),
          ...(fails && fate.random() < 0.3
            ? { failure: { code: 'lane/setup-failed' as const, message: 'no' } }
            : {}),
          closes,
        },
      ];
    case 'candidate.build':
      return [candidate(intent, fails, world)];
    case 'checks.run':
      return [checks(intent, fails, state, world)];
    case 'ref.move':
      return [move(intent, fails, world.target())];
    case 'target.look':
      return [{ type: 'target.seen', tip: oid(world.target() ?? state.intake.known), closes }];
    case 'ticket.project':
      return [
        {
          type: 'tickets.projected',
          tickets: intent.changes.map((c) => c.ticket),
          notes: [],
          closes,
        },
      ];
    case 'index.commit':
      return [{ type: 'bookkeeping.prepared', commit: oid('book'), closes }];
    case 'run.deliver':
      return [{ type: 'run.delivered', how: 'forwarded', why: '', closes }];
  }
}
