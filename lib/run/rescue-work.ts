import { mergeBase } from '../git/commits.js';
import { findDepot } from '../git/depot.js';
import { listKeptWork, type KeptWork } from '../git/kept-work.js';
import { asGuest } from '../git/guest.js';
import type { Depot, Repository } from '../git/places.js';
import { PLAIN_FETCH } from '../git/plain-fetch.js';
import { readRef } from '../git/refs.js';
import { changedPaths } from '../git/changed-paths.js';
import { listKept, vaultOf } from '../git/vault.js';
import type { Rescue } from '../model/answer-schemas.js';
import { demand, Refusal, type Failure } from '../model/failure.js';
import { runId, safeName, type Oid } from '../model/ids.js';
import { nearest } from '../model/nearest.js';
import { runDirectory } from '../journal/run-directory.js';
import { readSummary } from './read-summary.js';

const FILES_TOLD = 1_000;

/**
 * Puts kept work of a ticket, the newest unless another attempt is asked for, on a branch of the user's repository (`rescue/<ticket>` unless named), checked
 * out nowhere. Asking again for the same work changes nothing; a branch that holds something else is left alone.
 */
export async function rescueWork(
  repository: Repository,
  ticket: string,
  { branch: wanted, attempt }: RescueWish,
): Promise<Rescue> {
  const branch = wanted ?? `rescue/${defaultName(ticket)}`;
  await demandBranchName(repository, branch);
  const depot = await depotOf(repository, ticket);
  const newest = isRef(ticket)
    ? await namedRef(depot, ticket)
    : demand(await listKeptWork(depot, ticket)).find(
        (one) => attempt === undefined || one.attempt === attempt,
      );
  if (newest === undefined) throw new Refusal([await nothingKept(depot, ticket, attempt)], 2);

  const ref = `refs/heads/${branch}`;
  const there = demand(await readRef(repository.git, repository.root, ref));
  if (there !== undefined && there !== newest.commit) {
    throw new Refusal([branchTaken(branch, ticket)], 2);
  }
  if (there === undefined) await bring(repository, depot, newest, ref);
  return {
    version: 1,
    ticket,
    run: newest.run,
    attempt: newest.attempt,
    branch,
    commit: newest.commit,
    files: await filesOf(repository, depot, newest),
  };
}

export interface RescueWish {
  /** The branch to make. */
  readonly branch?: string;
  /** Which attempt, in the newest run that has it; default: the newest. */
  readonly attempt?: number;
}

/** A name that `sage rescue --list` tells, in the place of a ticket's. */
const isRef = (name: string) => name.startsWith('refs/sage/');

const defaultName = (ticket: string) =>
  isRef(ticket) ? ticket.split('/').slice(2).map(safeName).join('-') : safeName(ticket);

async function namedRef(depot: Depot, ref: string): Promise<KeptWork | undefined> {
  const found = demand(await listKept(depot)).find(({ name }) => name === ref);
  const [, run = '', ticketName = ref, attempt = '0'] =
    /^refs\/sage\/(?:kept|work|also)\/([^/]+)\/([^/]+)\/(\d+)/.exec(ref) ?? [];
  return found && { ref, run: runId(run), ticketName, attempt: Number(attempt), commit: found.oid };
}

async function demandBranchName({ git, root: cwd }: Repository, branch: string): Promise<void> {
  const checked = await git(['check-ref-format', '--branch', branch], { cwd, okCodes: [0, 128] });
  if (checked.ok && checked.value.code === 0 && checked.value.stdout === branch) return;
  throw new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `${JSON.stringify(branch.slice(0, 80))} is no name for a branch.`,
        hint: 'Name another with --branch.',
      },
    ],
    2,
  );
}

async function depotOf(repository: Repository, ticket: string): Promise<Depot> {
  const depot = demand(await findDepot(repository));
  if (depot) return depot;
  throw new Refusal(
    [
      {
        code: 'ticket/nothing-kept',
        message: `Nothing is kept of ${JSON.stringify(ticket.slice(0, 80))}: sage never ran in this repository.`,
      },
    ],
    2,
  );
}

async function bring(
  repository: Repository,
  depot: Depot,
  kept: KeptWork,
  ref: string,
): Promise<void> {
  const { git, root: cwd } = repository;
  const args = [...PLAIN_FETCH, vaultOf(depot), `${kept.ref}:${ref}`];
  demand(await asGuest(repository, [ref], () => git(args, { cwd })));
}

/** What the work changes, against where it began; nothing is told where that cannot be found out. */
async function filesOf(
  { git, root: cwd, commonDir }: Repository,
  depot: Depot,
  { run, commit }: KeptWork,
): Promise<string[]> {
  const tip = await readRef(depot.git, depot.path, `refs/heads/sage/${run}`);
  const from =
    tip.ok && tip.value !== undefined
      ? tip.value
      : // The branch of a run that was cleaned is gone.
        ((await readSummary(runDirectory(commonDir, run)))?.tip as Oid | undefined);
  if (from === undefined) return [];
  const base = await mergeBase(depot.git, depot.path, from, commit);
  if (!base.ok || base.value === undefined) return [];
  const changes = await changedPaths(git, cwd, base.value, commit);
  return changes.ok ? changes.value.slice(0, FILES_TOLD).map(({ path }) => path) : [];
}

async function nothingKept(
  depot: Depot,
  ticket: string,
  attempt: number | undefined,
): Promise<Failure> {
  const own = await listKeptWork(depot, ticket);
  if (attempt !== undefined && own.ok && own.value.length > 0) {
    const numbers = [...new Set(own.value.map((one) => one.attempt))].sort((a, b) => a - b);
    return {
      code: 'ticket/nothing-kept',
      message: `Nothing is kept of attempt ${attempt} of ${JSON.stringify(ticket.slice(0, 80))}.`,
      hint: `There is work of: --attempt ${numbers.join(', ')}.`,
    };
  }

  const all = await listKeptWork(depot);
  const names = [...new Set(all.ok ? all.value.map(({ ticketName }) => ticketName) : [])];
  const near = nearest(ticket, names);
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
  return {
    code: 'ticket/nothing-kept',
    message: `Nothing is kept of ${JSON.stringify(ticket.slice(0, 80))}.`,
    ...(near
      ? { hint: `Did you mean ${near}?` }
      : names.length > 0
        ? { hint: `There is work of: ${shown}.` }
        : {}),
  };
}

const branchTaken = (branch: string, ticket: string): Failure => ({
  code: 'git/branch-exists',
  message: `There is a branch ${branch} already, and it holds something else.`,
  hint: `\`sage rescue ${ticket} --branch NAME\` takes another; or rename yours: git branch -m ${branch} NAME`,
});
