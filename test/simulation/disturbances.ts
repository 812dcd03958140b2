import type { RunState } from '../../lib/engine/state.js';
import type { Command } from '../../lib/model/command.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { Inbox } from '../../lib/run/inbox.js';
import type { Death, Faults } from './faults.js';
import type { ImaginedWorld } from './imagined-world.js';
import type { Life, Timeline } from './timeline.js';

/** So late may the git children of a dead process end. */
const LATE_MS = 5_000;

/** A process and where it lives. */
interface Mortal {
  readonly world: ImaginedWorld;
  readonly timeline: Timeline;
  readonly life: Life;
  readonly drawn: () => number;
}

export const atFence = (timeline: Timeline, life: Life) =>
  timeline.has((task) => task.life === life && task.name === 'journal: fence');

/** The end of a process, and what is left of it. */
export function die(how: Death, { world, timeline, life, drawn }: Mortal): void {
  timeline.tell(life, `──── ${how} ────`);
  switch (how) {
    case 'kill':
      life.isAlive = false;
      timeline.drop((task) => task.life === life && task.kind === 'own');
      // Its git children may be slow to finish, long after somebody else went on.
      if (drawn() < 0.5) timeline.delay(({ life: its }) => its === life, LATE_MS * drawn());
      return;
    case 'power':
      life.isAlive = false;
      timeline.drop(() => true);
      // Processes that were stopped are gone, too, and hold nothing any more.
      world.lander = undefined;
      world.disk.losePower(drawn);
      return;
    case 'takeover':
      // Stopped just before it writes, taken for dead and replaced, it wakes up later and wants to write.
      timeline.orphan(life);
      timeline.drop(
        (task) => task.life === life && task.kind === 'own' && task.name !== 'journal: fence',
      );
      timeline.delay(
        (task) => task.life === life && task.name === 'journal: fence',
        1_500 * drawn(),
      );
  }
}

/** What others do meanwhile: the user stops the run or commits to the target, somebody moves the run's branch. */
export function disturb(
  world: ImaginedWorld,
  { rates }: Faults,
  drawn: () => number,
  inbox: Inbox<EventDraft | Command>,
  state: RunState | undefined,
): void {
  const isRunning = state !== undefined && state.seq > 0;
  if (rates.stop > 0 && drawn() < rates.stop && isRunning) {
    inbox.put([{ type: 'stop', mode: drawn() < 0.5 ? 'drain' : 'cancel', by: 'user' }]);
  }
  if (rates.foreign > 0 && drawn() < rates.foreign) {
    const files = new Map(world.git.treeOf(world.tip)).set(`foreign/${world.foreign.size}`, 'x');
    const tree = world.git.writeTree(files);
    const commit = world.git.writeCommit({ parents: [world.tip], tree, message: 'foreign' });
    world.foreign.add(commit);
    world.git.refs.set(world.branch, commit);
  }
  if (rates.target > 0 && drawn() < rates.target && isRunning) moveTarget(world, drawn);
}

/** A commit on the target, sometimes one that a ticket conflicts with; or the target is rewritten. */
export function moveTarget(
  { git, target, userTip, scene, published }: ImaginedWorld,
  drawn: () => number,
  isAlsoDelivered = false,
) {
  // Once it was delivered, nobody looks any more, unless it is asked for again.
  const landed = git.refs.get(published);
  const isIn = landed !== undefined && git.isAncestor(landed, userTip);
  if (isIn && !isAlsoDelivered) return;
  const isRewritten = drawn() < 0.1;
  const parent = isRewritten ? scene.planned.base : userTip;
  const count = git.history(userTip, scene.planned.base).length;
  const path = drawn() < 0.2 ? `shared/${Math.floor(drawn() * 4)}` : `user/${count}`;
  const tree = git.writeTree(new Map(git.treeOf(parent)).set(path, 'user'));
  const message = `user ${count}${isRewritten ? ' again' : ''}`;
  git.refs.set(target, git.writeCommit({ parents: [parent], tree, message }));
}
