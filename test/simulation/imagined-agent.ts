import type { AgentEnd, AgentOutcome } from '../../lib/model/agent.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { TicketId } from '../../lib/model/ids.js';
import { firstAsk, type AgentRun } from '../../lib/model/intent.js';
import { watchCosts } from '../../lib/run/watch-costs.js';
import { stepsOf, type EffectWorld } from './imagined-effects.js';
import type { Call, ImaginedLane } from './imagined-world.js';

const AGENT_MS = 2_000;
const COST = 1_000;

/** `told`: what it had cost by then, for one that tells that before its end. */
export const outcomeOf = (end: AgentEnd, told?: number): AgentOutcome => ({
  end,
  usage: { costMicroUsd: told ?? COST },
  ms: 1,
  outputBytes: 0,
  log: 'log',
});

const LIMITED: AgentOutcome = {
  ...outcomeOf({ kind: 'exited', code: 1 }),
  failure: { code: 'agent/rate-limited', message: '429' },
};

/** Its API refused it for a limit. */
export const isRefused = ({ outcome }: Pick<Call, 'outcome'>) => outcome?.failure !== undefined;

/** An agent works in steps, on its own; its end is on the disk before anybody is told. */
export async function callAgent(
  parts: EffectWorld,
  intent: AgentRun,
  cancel: AbortSignal,
): Promise<EventDraft[]> {
  const { world, timeline, life } = parts;
  const { own } = stepsOf(parts);
  const { attempt, round, key, ticket } = intent;
  const call = await own(`${key}: start`, () => world.startCall(life, intent));
  const lane = world.lanes.get(intent.lane);
  if (lane?.guest !== attempt) throw new Error(`${intent.lane} is not ${attempt}'s`);
  for (const half of [1, 2] as const) {
    await timeline.later(
      life,
      'agent',
      `${key}: works`,
      () => {
        if (call.state !== 'running' || cancel.aborted) return;
        call.left = work(parts, intent, lane, half);
        pay(parts, call, half);
      },
      AGENT_MS,
    );
  }
  const fate = world.scene.fates.get(intent.ticket);
  const end: AgentEnd = cancel.aborted
    ? { kind: 'cancelled' }
    : { kind: 'exited', code: fate?.work === 'crashes' ? 1 : 0 };
  const refusals = world.calls.filter((one) => isRefused(one) && one.intent.ticket === ticket);
  const isLimited = !cancel.aborted && refusals.length < (fate?.limits ?? 0);
  const told = fate?.costs && call.costMicroUsd;
  const outcome = isLimited ? LIMITED : outcomeOf(end, told);
  call.state = 'ended';
  await own(`${key}: write its end`, () => {
    call.state = cancel.aborted ? 'killed' : 'finished';
    call.outcome = outcome;
  });
  return [{ type: 'agent.finished', attempt, round, outcome, closes: key }];
}

/** What it has cost so far is kept, then told. */
function pay({ world, state, tell }: EffectWorld, call: Call, half: 1 | 2): void {
  const cost = world.scene.fates.get(call.intent.ticket)?.costs?.[half - 1];
  if (cost === undefined) return;
  call.costMicroUsd += cost;
  watchCosts(state, tell)(call.intent, call.costMicroUsd);
}

/** What it leaves: half of it, then all of it. */
function work(
  { world: { scene, calls } }: EffectWorld,
  { ticket, attempt, ask }: AgentRun,
  lane: ImaginedLane,
  half: 1 | 2,
): ImaginedLane['files'] {
  const fate = scene.fates.get(ticket);
  if (!fate || fate.work === 'none') return lane.files;
  const files = new Map(lane.files);
  if (half === 1) files.set(`half/${ticket}`, 'half');
  else {
    files.delete(`half/${ticket}`);
    const before = calls.filter(
      (call) => call.state === 'finished' && !isRefused(call) && call.intent.attempt === attempt,
    );
    files.set(`own/${ticket}`, String(before.length + 1));
    const asked = firstAsk(ask);
    if (asked.kind !== 'ticket' && asked.note !== undefined)
      files.set(noteFile(ticket), asked.note);
    if (fate.shared !== undefined) {
      const there = (files.get(fate.shared) ?? '').split(' ').filter(Boolean);
      files.set(fate.shared, [...new Set([...there, ticket])].sort().join(' '));
    }
  }
  lane.files = files;
  return files;
}

/** Where an agent writes what it was told to change. */
export const noteFile = (ticket: TicketId) => `note/${ticket}`;

/** Ends agents that are still at work, wherever they came from. */
export function sweepCalls(
  { world, timeline }: Pick<EffectWorld, 'world' | 'timeline'>,
  isMeant: (call: Call) => boolean,
): void {
  for (const call of world.calls.filter(isMeant)) {
    if (call.state !== 'running' && call.state !== 'ended') continue;
    call.state = 'killed';
    const { key } = call.intent;
    timeline.drop(
      ({ kind, life, name }) =>
        kind === 'agent' && life === call.life && name.startsWith(`${key}:`),
    );
  }
}
