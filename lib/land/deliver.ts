import type { Effect } from '../model/effect.js';
import type { Failure } from '../model/failure.js';
import type { EventOf } from '../model/event.js';
import type { Oid } from '../model/ids.js';
import type { RunDeliver } from '../model/intent.js';
import { isProtected } from '../model/protected-branches.js';
import type { Depot, Repository } from '../git/places.js';
import { isKnownAncestor } from '../git/commits.js';
import { asGuest } from '../git/guest.js';
import { moveRef, readRef } from '../git/refs.js';
import { findCheckouts, ownCheckout, type Checkout } from './checkouts.js';
import { cleanIndex } from './clean-index.js';
import { around, commandFor } from './deliver-command.js';
import { forwardCheckout, type TrackedIndex } from './forward-checkout.js';
import { publish } from './publish.js';
import type { Publisher } from './publisher.js';
import { shellQuoted } from './shell-quoted.js';

export interface DeliverDeps {
  readonly repository: Repository;
  readonly depot: Depot;
  /** The run's branch, without `refs/heads/`. */
  readonly branch: string;
  /** The run's own: two copies at once would be in each other's way. */
  readonly publisher?: Pick<Publisher, 'settle'>;
  /** Absent: the ticket index is not tracked by git. */
  readonly index?: TrackedIndex;
  /** How long to wait for another git in the user's checkout. Default 10,000 milliseconds. */
  readonly patienceMs?: number;
}

/** What became of the delivery: a body of `run.delivered`. */
export type Delivery = Omit<EventOf<'run.delivered'>, 'type'>;

const PATIENCE_MS = 10_000;

/**
 * The effect that brings the run's branch into the target, or leaves it and says how. What it decides depends on what
 * it finds, so that doing it again after a crash finishes it.
 */
export function createRunDeliver(deps: DeliverDeps): Effect<'run.deliver'> {
  const act = async ({ tip, target, key, ...intent }: RunDeliver, isRedo: boolean) => {
    const mayMoveProtected = intent.mayMoveProtected ?? false;
    const delivery = await deliver(deps, tip, target, { isRedo, mayMoveProtected });
    return [{ type: 'run.delivered' as const, ...delivery, closes: key }];
  };
  return {
    perform: (intent) => act(intent, false),
    reconcile: (intent) => act(intent, true),
  };
}

/**
 * Delivers what a run landed, up to `tip`, because somebody asked for it (`sage deliver`), main and master included when
 * `mayMoveProtected`.
 */
export function deliverNow(
  deps: DeliverDeps,
  tip: Oid,
  target: string,
  mayMoveProtected = false,
): Promise<Delivery> {
  return deliver(deps, tip, target, { isRedo: false, mayMoveProtected });
}

interface DeliverManner {
  readonly isRedo: boolean;
  readonly mayMoveProtected: boolean;
}

/**
 * The target's place decides:
 *
 *     contains the tip already                        forwarded (nothing to do)
 *     main or master, deleted, moved away             left
 *     checked out elsewhere, or something unfinished  left
 *     checked out here                                fast-forward, or left when a changed file is in the way
 *     checked out nowhere                             compare-and-swap
 */
async function deliver(
  deps: DeliverDeps,
  tip: Oid,
  target: string,
  manner: DeliverManner,
): Promise<Delivery> {
  const { repository, depot, branch } = deps;
  const { git, root } = repository;
  await deps.publisher?.settle();
  const published = await publish(repository, depot, branch, tip);
  if (!published.ok) {
    const { message, hint, code } = published.failure;
    const again = `sage deliver ${shellQuoted(branch)}`;
    const unpublished = { how: 'left', unpublished: published.failure } as const;
    if (code === 'git/locked') return { ...unpublished, ...locked(published.failure, again) };
    return { ...unpublished, why: message, command: hint ?? again };
  }
  const here = await ownCheckout(repository);
  const from = await readRef(git, root, `refs/heads/${target}`);
  if (!from.ok) return { how: 'left', why: from.failure.message, failure: from.failure };
  if (from.value === undefined) {
    const command = `git branch ${shellQuoted(target)} ${shellQuoted(branch)}`;
    return { how: 'left', why: `there is no branch ${target}`, command };
  }
  if (await isKnownAncestor(git, root, tip, from.value)) {
    await cleanIndex(repository, deps.index, here, tip, target);
    return { how: 'forwarded', why: `${target} contains it` };
  }
  const users = (await findCheckouts(repository)).filter(({ uses }) => uses.includes(target));
  const isAhead = await isKnownAncestor(git, root, from.value, tip);
  const obstacle = obstacleTo(target, here, users, isAhead, manner);
  if (obstacle !== undefined) {
    const at = users.find(({ branch: its }) => its === target);
    return {
      how: 'left',
      why: obstacle,
      command: await commandFor(deps, target, here, at, isAhead),
    };
  }
  const command = await commandFor(deps, target, here, here, isAhead);
  if (users.length === 0) return swap(deps, target, from.value, tip, command);
  const forwarded = await forwardCheckout(repository, from.value, tip, {
    ...(deps.index ? { index: deps.index } : {}),
    patienceMs: deps.patienceMs ?? PATIENCE_MS,
    refs: [`refs/heads/${target}`],
    reason: `sage deliver ${branch}`,
    isRedo: manner.isRedo,
  });
  if (!forwarded.ok) {
    const { message, where, code } = forwarded.failure;
    const again = `sage deliver ${shellQuoted(branch.replace(/^sage\//, ''))}`;
    const left = { how: 'left', failure: forwarded.failure } as const;
    if (code === 'git/locked') return { ...left, ...locked(forwarded.failure, again) };
    const isIndex = deps.index !== undefined && where?.file === deps.index.path;
    return { ...left, why: message, command: isIndex ? around(where.file, command) : command };
  }
  await cleanIndex(repository, deps.index, here, tip, target);
  return { how: 'forwarded', why: `${target} was fast-forwarded` };
}

/** Who may hold a lock, and what to do about it, is said in words; the command does it again. */
const locked = ({ message, hint }: Failure, command: string) => ({
  why: hint ? `${message}; ${hint}` : message,
  command,
});

/** Why the target may not be moved at all; undefined: it may. */
function obstacleTo(
  target: string,
  here: Checkout,
  users: readonly Checkout[],
  isAhead: boolean,
  manner: DeliverManner,
): string | undefined {
  if (isProtected(target) && !manner.mayMoveProtected) return `${target} is never moved by a run`;
  if (!isAhead) return `${target} has moved meanwhile`;
  const elsewhere = users.find(({ gitDir }) => gitDir !== here.gitDir);
  if (elsewhere) return `${target} is checked out in ${elsewhere.path}`;
  if (users.length > 0 && here.busy !== undefined)
    return `${here.busy} is going on in the checkout`;
  return undefined;
}

async function swap(
  { repository, branch }: DeliverDeps,
  target: string,
  from: Oid,
  tip: Oid,
  command: string,
): Promise<Delivery> {
  const { git, root } = repository;
  const ref = `refs/heads/${target}`;
  const moved = await asGuest(repository, [ref], () =>
    moveRef(git, root, ref, tip, from, `sage deliver ${branch}`),
  );
  if (!moved.ok) return { how: 'left', failure: moved.failure, ...locked(moved.failure, command) };
  return moved.value === 'moved'
    ? { how: 'forwarded', why: `${target} was moved forward` }
    : { how: 'left', why: `${target} has moved meanwhile`, command };
}
