import type { EventDraft } from '../../lib/model/event.js';
import type { Oid } from '../../lib/model/ids.js';
import type { RefMove } from '../../lib/model/intent.js';
import { stepsOf, type EffectWorld } from './imagined-effects.js';
import type { ImaginedGit } from './imagined-git.js';

/** The table of lib/land/move-ref.ts, under the lander's lock. */
export async function moveRef(parts: EffectWorld, intent: RefMove): Promise<EventDraft[]> {
  const { world, life } = parts;
  const { own, child } = stepsOf(parts);
  const { git, branch } = world;
  for (;;) {
    await takeLanderLock(parts);
    const swapped = await child(`${intent.key}: swap`, () =>
      git.swap(branch, intent.old, intent.new),
    );
    const tip = swapped === 'moved' ? intent.new : swapped.stale!;
    const events = await own(`${intent.key}: look`, () => judgeMove(git, intent, swapped, tip));
    if (!events) await child(`${intent.key}: put back`, () => git.swap(branch, tip, intent.old));
    if (world.lander === life) world.lander = undefined;
    if (!events) continue;
    // Nobody waits for the copy; a git that is under way finishes it.
    void child('publish', () => world.publish(intent.new));
    return [events];
  }
}

export async function takeLanderLock(parts: EffectWorld): Promise<void> {
  const { world, life } = parts;
  const { own } = stepsOf(parts);
  const tryIt = () => {
    if (world.lander?.isAlive && world.lander !== life) return false;
    world.lander = life;
    return true;
  };
  while (!(await own('lander lock: try', tryIt)));
}

/** Undefined: what is on the branch is no landing and has to be put back. */
function judgeMove(
  git: ImaginedGit,
  intent: RefMove,
  swapped: ReturnType<ImaginedGit['swap']>,
  tip: Oid,
): EventDraft | undefined {
  const { old, landId, ticket, key: closes } = intent;
  if (swapped === 'moved') return landedAs(intent, commitsOf(intent));
  const recovered = ticket === undefined ? {} : { recovered: true };
  if (git.isAncestor(intent.new, tip)) {
    return { ...landedAs(intent, commitsOf(intent)), ...recovered };
  }
  const since = git.history(tip, old);
  const run = landId.slice(0, landId.indexOf('/') + 1);
  const found = (wanted: string) =>
    since.find((id) => git.commit(id).message.includes(`Land-Id: ${wanted}\n`));
  const last = found(landId);
  if (last) {
    const commits = intent.group?.map((one) => found(run + one.ticket) ?? last) ?? [last];
    return { ...landedAs(intent, commits), ...recovered };
  }
  const isLanding = git.commit(tip).message.includes(`Land-Id: ${run}`);
  if (!isLanding || !git.isAncestor(old, tip)) return undefined;
  if (ticket !== undefined) return { type: 'landing.bounced', ticket, why: 'stale', tip, closes };
  const failure = { code: 'git/failed', message: 'moved' } as const;
  return { type: 'bookkeeping.landed', failure, closes };
}

export const commitsOf = ({ group, new: commit }: RefMove): readonly Oid[] =>
  group?.map((one) => one.commit) ?? [commit];

/** That a move is done, with all that landed by it. */
export function landedAs(intent: RefMove, commits: readonly Oid[]): EventDraft {
  const { ticket, group, key: closes } = intent;
  const commit = commits[0] ?? intent.new;
  if (ticket === undefined) return { type: 'bookkeeping.landed', commit, closes };
  const rest = group
    ?.slice(1)
    .map((one, at) => ({ ticket: one.ticket, commit: commits[at + 1] ?? one.commit }));
  return { type: 'landing.landed', ticket, commit, ms: 1, ...(rest ? { rest } : {}), closes };
}
