import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { candidateRef } from '../git/candidate-refs.js';
import { isAncestor } from '../git/commits.js';
import type { Depot, Repository } from '../git/places.js';
import type { Ref } from '../git/refs.js';
import { CLEANED } from '../journal/cleaned.js';
import { findCheckouts } from '../land/checkouts.js';
import type { RunId } from '../model/ids.js';
import type { DiskUsage } from './disk-usage.js';
import type { Group, Leftover } from './leftover.js';
import { holderOf, type RunStanding } from './prove-runs.js';

/** What stays of a run: its story, and that it was cleaned. */
export const STORY: readonly string[] = [
  'events.ndjson',
  'plan.json',
  'tickets.json',
  'summary.json',
  CLEANED,
];

/** Everything that is looked through for leftovers of runs, seen once. */
export interface Belongings {
  readonly repository: Repository;
  readonly depot: Depot | undefined;
  readonly usage: DiskUsage;
  readonly vaultRefs: readonly Ref[];
  readonly depotRefs: readonly Ref[];
  /** `refs/heads/sage/…` of the user's repository. */
  readonly branches: readonly Ref[];
  /** Files of verdicts by the run that has their logs. */
  readonly verdicts: ReadonlyMap<string, readonly string[]>;
  /** The newest run that is proven to have landed a ticket, by the ticket's safe name. */
  readonly landedBy: ReadonlyMap<string, RunId>;
}

/** `refs/sage/kept/<run>/<ticket>/…`: whose it is. */
export function ownerOf(
  name: string,
): { readonly run: RunId; readonly ticket: string } | undefined {
  const [, run, ticket] = /^refs\/sage\/(?:kept|work|also)\/([^/]+)\/([^/]+)\//.exec(name) ?? [];
  return run === undefined || ticket === undefined ? undefined : { run: run as RunId, ticket };
}

/** Whether kept work is proven to be of no use: that run, or a later one, landed its ticket. */
export function isLanded({ landedBy }: Belongings, name: string): boolean {
  const owner = ownerOf(name);
  const by = owner && landedBy.get(owner.ticket);
  return owner !== undefined && by !== undefined && by >= owner.run;
}

/** What is not needed of a run that is proven to have ended and landed; in the order in which it may go. */
export async function runLeftovers(all: Belongings, standing: RunStanding): Promise<Group> {
  const { directory, proof, at } = standing;
  const { run, path } = directory;
  if (!proof) return { items: [], at, why: '' };
  const items: Leftover[] = [];
  for (const name of all.verdicts.get(run) ?? []) {
    items.push({ kind: 'verdict', name, bytes: all.usage(name) });
  }
  const kept = (refs: readonly Ref[]) =>
    refs.filter(({ name }) => ownerOf(name)?.run === run && isLanded(all, name));
  const put = async (name: string) => holds(all, standing, name);
  for (const ref of all.depotRefs) {
    const isOurs =
      ref.name.startsWith(candidateRef(`${run}/`)) ||
      (ref.name === `refs/heads/sage/${run}` && (await put(ref.oid)));
    if (isOurs) items.push({ kind: 'depot ref', bytes: 0, ...ref });
  }
  items.push(
    ...kept(all.depotRefs).map((ref) => ({ kind: 'depot ref', bytes: 0, ...ref }) as const),
  );
  for (const ref of all.vaultRefs) {
    if (ref.name.startsWith(`refs/sage/aside/sage/${run}/`) && (await put(ref.oid))) {
      items.push({ kind: 'kept ref', bytes: 0, ...ref });
    }
  }
  items.push(
    ...kept(all.vaultRefs).map((ref) => ({ kind: 'kept ref', bytes: 0, ...ref }) as const),
  );
  const branch = all.branches.find(({ name }) => name === `refs/heads/sage/${run}`);
  if (branch && (await isFree(all.repository, branch))) {
    items.push({ kind: 'branch', bytes: 0, ...branch });
  }
  for (const name of (await readdir(path).catch(() => [])).sort()) {
    if (STORY.includes(name)) continue;
    items.push({ kind: 'run files', name: join(path, name), bytes: all.usage(join(path, name)) });
  }
  const { heldBy } = proof;
  const why =
    heldBy === undefined
      ? `run ${run} has ended and landed nothing`
      : `run ${run} has ended, and ${heldBy.replace(/^refs\/(heads|remotes)\//, '')} holds what it landed`;
  const cleaned = { version: 1, ...(heldBy === undefined ? {} : { heldBy }) } as const;
  return { items, at, why, mark: { folder: path, cleaned } };
}

/** Whether what landed holds a commit of the depot. */
async function holds(
  { depot }: Belongings,
  { proof }: RunStanding,
  name: string,
): Promise<boolean> {
  if (!depot || !proof) return false;
  const answer = await isAncestor(depot.git, depot.path, name as typeof proof.tip, proof.tip);
  return answer.ok && answer.value;
}

/** Whether a branch of ours in the user's repository may go: another holds all of it, and nobody works on it. */
async function isFree(repository: Repository, { name, oid }: Ref): Promise<boolean> {
  if ((await holderOf(repository, oid)) === undefined) return false;
  const short = name.slice('refs/heads/'.length);
  return !(await findCheckouts(repository)).some(({ uses }) => uses.includes(short));
}

/** Files of verdicts by the run that has their logs, as the cache wrote them. */
export async function verdictsByRun(folder: string): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => '');
    const [, run = ''] = /"run":"([^"]*)"/.exec(text) ?? [];
    found.set(run, [...(found.get(run) ?? []), file]);
  }
  return found;
}
