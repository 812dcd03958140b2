import { checkInvariants } from '../conformance/journal-invariants.js';
import { isIntake, type Oid } from '../../lib/model/ids.js';
import { isRefused } from './imagined-agent.js';
import type { Call } from './imagined-world.js';
import { answerFaults } from './judge-answers.js';
import type { Story } from './live.js';
import { DEAREST } from './scene.js';

/** What a run came to, in a form that can be compared. */
export interface End {
  readonly files: readonly string[];
  readonly states: readonly string[];
  readonly exitCode: number | undefined;
}

/** What a story breaks of the promise; `wanted`: what the same scene comes to when nobody disturbs it. */
export function judge(story: Story, wanted?: End): string[] {
  const { state, stuck, world } = story;
  if (!state || stuck) return [`it did not end: ${stuck ?? 'nobody knows why'}`];
  return [
    ...world.trouble,
    ...rules(story),
    ...payments(story),
    ...goneOn(story),
    ...history(story),
    ...index(story),
    ...work(story),
    ...delivery(story),
    ...answerFaults(story),
    ...(wanted ? sameEnd(endOf(story), wanted) : []),
  ];
}

export function endOf({ state, world }: Story): End {
  return {
    files: [...world.git.treeOf(world.tip)].map(([path, text]) => `${path}=${text}`).sort(),
    states: [...world.index].map(([id, ticketState]) => `${id} ${ticketState}`).sort(),
    exitCode: state?.finished?.exitCode,
  };
}

function sameEnd(found: End, wanted: End): string[] {
  return (['files', 'states', 'exitCode'] as const).flatMap((key) =>
    JSON.stringify(found[key]) === JSON.stringify(wanted[key])
      ? []
      : [`${key}: ${JSON.stringify(found[key])} instead of ${JSON.stringify(wanted[key])}`],
  );
}

/** The rules of every journal; what a drain kept from starting may start later, past the landings of its batch. */
function rules({ events }: Story): string[] {
  const wasStopped = events.some(({ type }) => type === 'run.stop-requested');
  return checkInvariants(events).filter((fault) => !(wasStopped && fault.includes('was at work')));
}

/** An agent that ended, with its end on the disk, was paid for and is never asked the same again. */
function payments({ world }: Story): string[] {
  const paid = new Map<string, string>();
  const faults: string[] = [];
  for (const call of world.calls) {
    const { intent, state } = call;
    const { ticket, ask, key, attempt } = intent;
    const question = JSON.stringify([ticket, ask, ask.kind === 'fix' ? attempt : '']);
    const before = paid.get(question);
    if (before !== undefined) faults.push(`${key} asks again what ${before} was paid for`);
    // Refused for a limit, it is asked to go on, as often as that happens.
    if (state === 'finished' && !isRefused(call)) paid.set(question, key);
  }
  return faults;
}

/** A call that was cut off is gone on with by the next one of its attempt, in its lane, with what it left there. */
function goneOn({ world, events }: Story): string[] {
  const faults: string[] = [];
  const cutOff = new Set<string>();
  for (const event of events) {
    if (event.type === 'agent.finished' && event.outcome.end.kind === 'cancelled')
      cutOff.add(event.attempt);
    else if (event.type === 'agent.called' || (event.type === 'work.harvested' && event.failure))
      cutOff.delete(event.attempt);
    else if (event.type === 'attempt.finished' && event.result === 'interrupted')
      if (cutOff.has(event.attempt)) faults.push(`${event.attempt} was cut off and begun anew`);
  }
  const before = new Map<string, Call>();
  for (const call of world.calls) {
    const { attempt, key } = call.intent;
    const left = before.get(attempt)?.left ?? new Map<string, string>();
    for (const [path, text] of left)
      if (call.found.get(path) !== text)
        faults.push(`${key} finds ${path} otherwise than it was left`);
    before.set(attempt, call);
  }
  return faults;
}

/** What the run says it has spent is what its calls told, each once; it is beyond the limit by no more than an answer a slot. */
export function costFaults({ world, state }: Story): string[] {
  const { slots, maxCostMicroUsd = Infinity } = world.scene.planned.options;
  const told = world.calls.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
  const spent = state?.costMicroUsd ?? 0;
  return [
    ...(spent === told ? [] : [`${spent} is told as spent, the agents told ${told}`]),
    ...(told <= maxCostMicroUsd + slots * DEAREST ? [] : [`${told} spent of ${maxCostMicroUsd}`]),
  ];
}

/** The branch is the witness: each ticket once at most, exactly those that the journal says, nothing unverified. */
function history({ world, state, events }: Story): string[] {
  const { git } = world;
  const faults: string[] = [];
  const times = new Map<string, number>();
  // With tips, what is published is verified; with each, all of it.
  const moves = events.flatMap((event) => (event.type === 'landing.moving' ? [event.new] : []));
  const isPublished = (id: Oid) => state?.options.landVerify !== 'tips' || moves.includes(id);
  const files = git.treeOf(world.tip);
  const commits = git.history(world.tip, world.scene.planned.base);
  for (const id of commits) {
    const { message, tree } = git.commit(id);
    const landId = /Land-Id: [^/\s]+\/(\S+)\n/.exec(message)?.[1];
    if (landId !== undefined) times.set(landId, (times.get(landId) ?? 0) + 1);
    const isOurs = !world.foreign.has(id) && landId !== 'bookkeeping';
    if (isOurs && isPublished(id) && state?.options.hasChecks && !world.verified.has(tree)) {
      faults.push(`${landId ?? id} landed without having been verified`);
    }
  }
  for (const [id, count] of times)
    if (count > 1) faults.push(`${id} is on the branch ${count} times`);
  const told = new Map<string, Oid>();
  for (const event of events) {
    if (event.type === 'landing.landed') told.set(event.ticket, event.commit);
  }
  for (const [ticket, commit] of told) {
    if (!commits.includes(commit))
      faults.push(`${ticket} is told as landed and is not on the branch`);
    if (!isIntake(ticket) && !files.has(`own/${ticket}`))
      faults.push(`the work of ${ticket} is lost`);
  }
  for (const id of times.keys()) {
    if (id !== 'bookkeeping' && !told.has(id)) faults.push(`${id} is on the branch and not told`);
  }
  return faults;
}

/** The checkout's index says what became of each ticket, and nothing is left IN_PROGRESS. */
function index({ world, state }: Story): string[] {
  return [...world.index].flatMap(([id, found]) => {
    const phase = state?.tickets.get(id)?.phase;
    const isDone = phase === 'landed' || state?.completedContainers.includes(id);
    const wanted = isDone ? 'COMPLETED' : phase === 'deferred' ? 'DEFERRED' : 'UNPROCESSED';
    return found === wanted ? [] : [`${id} is ${found} in the index instead of ${wanted}`];
  });
}

/** Whatever an agent wrote is on the branch, under a ref, or still in its lane. */
function work({ world }: Story): string[] {
  const holders = new Set<string>(world.kept.keys());
  for (const lane of world.lanes.values()) holders.add(lane.guest);
  const lost = world.calls
    .map(({ intent }) => intent.attempt)
    .filter((attempt) => !holders.has(attempt));
  return [...new Set(lost)].map((attempt) => `what ${attempt} wrote is gone`);
}

/** A run that says it delivered did, and what is published is what landed. */
function delivery({ world, state }: Story): string[] {
  if (state?.delivery?.how !== 'forwarded') return [];
  const faults: string[] = [];
  const { refs } = world.git;
  if (!world.git.isAncestor(state.tip, world.userTip)) faults.push('the target lacks the tip');
  const published = refs.get(world.published);
  if (published === undefined || !world.git.isAncestor(state.tip, published)) {
    faults.push('the tip was not published');
  }
  return faults;
}
