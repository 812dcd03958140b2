import { stat } from 'node:fs/promises';
import { isKnownAncestor } from '../git/commits.js';
import { depotPath, type Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { readCleaned, type Cleaned } from '../journal/cleaned.js';
import { readJournal } from '../journal/read.js';
import { runDirectory } from '../journal/run-directory.js';
import { isIntake, type Oid, type RunId } from '../model/ids.js';
import type { Contradiction, Verification } from '../model/verification-schema.js';
import { branchCommits } from '../git/branch-commits.js';
import { checkBranch } from './check-branch.js';
import { checkChanges } from './check-changes.js';
import { checkCheckout } from './check-checkout.js';
import { checkLogs } from './check-logs.js';
import { checkStates } from './check-states.js';
import { checkSummary } from './check-summary.js';
import { checkVerified } from './check-verified.js';
import { claimsOf, type Claims } from './claims.js';
import { indexAfter, workedOnLater } from './index-after.js';

/**
 * Checks again what a run claims, from git and its journal alone: offline, and without changing anything. What it
 * answers rests on nothing that the run remembers only in memory, so that a third party may repeat it.
 */
export async function verifyRun(repository: Repository, run: RunId): Promise<Verification> {
  const directory = runDirectory(repository.commonDir, run);
  const answer = new Answer(run);
  const journal = await readJournal(directory.events);
  if (!journal.ok) {
    answer.add({ kind: 'journal-damaged', message: journal.failure.message });
    return answer.verification();
  }
  const { events, isTorn } = journal.value;
  const [planned] = events;
  if (planned?.type !== 'run.planned') {
    answer.add({
      kind: 'journal-damaged',
      message: `${directory.events} does not begin with a plan`,
    });
    return answer.verification();
  }
  const claims = claimsOf(planned, events);
  answer.isFinished = claims.isFinished;
  answer.checked.records = events.length;
  answer.checked.tickets = claims.landed.filter(
    ({ ticket }) => ticket !== undefined && !isIntake(ticket),
  ).length;
  if (isTorn && claims.isFinished) {
    answer.add({ kind: 'journal-damaged', message: `${directory.events} goes on after its end` });
  }
  answer.add(...(await checkSummary(directory, events)));
  const cleaned = await readCleaned(directory.path);
  if (cleaned) {
    answer.notes.push(`cleaned on ${cleaned.at.slice(0, 10)} by sage clean`);
  }
  await checkGit(repository, claims, cleaned, answer);
  const logs = await checkLogs(directory.path, claims.logs);
  answer.checked.logs = claims.logs.size - logs.cleaned;
  answer.add(...logs.contradictions);
  if (logs.cleaned > 0) {
    answer.notes.push(`${logs.cleaned} log(s) were removed by sage clean, so they were not read`);
  }
  return answer.verification();
}

/** What has been found so far; filled by the checks, one after the other. */
class Answer {
  isFinished = false;
  readonly run: RunId;
  readonly branch: string;
  readonly checked = { records: 0, tickets: 0, commits: 0, trees: 0, logs: 0, states: 0 };
  readonly notes: string[] = [];
  readonly contradictions: Contradiction[] = [];

  constructor(run: RunId) {
    this.run = run;
    this.branch = `sage/${run}`;
  }

  add(...found: readonly Contradiction[]) {
    this.contradictions.push(...found);
  }

  verification(): Verification {
    const agrees = this.contradictions.length === 0;
    const { run, branch, isFinished, checked, contradictions, notes } = this;
    return { version: 1, run, branch, isFinished, agrees, checked, contradictions, notes };
  }
}

async function checkGit(
  repository: Repository,
  claims: Claims,
  cleaned: Cleaned | undefined,
  answer: Answer,
): Promise<void> {
  const { planned, landed } = claims;
  const claimedTip = landed.at(-1)?.commit ?? planned.base;
  const place =
    (await placeOf(repository, answer.branch)) ??
    (cleaned && (await cleanedPlace(repository, cleaned, claimedTip)));
  if (!place) {
    if (landed.length > 0) {
      answer.add({
        kind: 'branch-missing',
        message: `neither the depot nor this repository has the branch ${answer.branch}`,
      });
    }
    return;
  }
  const { git } = repository;
  const commits = await branchCommits(git, place.cwd, planned.base, place.tip, 'first-parent');
  if (!commits.ok) {
    answer.add({ kind: 'branch-missing', message: commits.failure.message });
    return;
  }
  answer.checked.commits = commits.value.length;
  answer.add(...checkBranch(claims, commits.value));
  const { verified, contradictions } = checkVerified(claims, commits.value);
  answer.checked.trees = verified;
  answer.add(...contradictions);
  answer.add(...(await checkChanges(git, place.cwd, claims, commits.value)));
  await checkStatesOf(repository, place.cwd, claims, answer);
  await checkDelivery(repository, claims, claimedTip, cleaned, answer);
}

/** Where the run's branch can be read: the depot, or the user's repository when the depot is gone. */
async function placeOf(
  { git, root, commonDir }: Repository,
  branch: string,
): Promise<{ readonly cwd: string; readonly tip: Oid } | undefined> {
  for (const cwd of [depotPath(commonDir), root]) {
    if (!(await stat(cwd).catch(() => undefined))) continue;
    const tip = await readRef(git, cwd, `refs/heads/${branch}`);
    if (tip.ok && tip.value !== undefined) return { cwd, tip: tip.value };
  }
  return undefined;
}

/** Where a cleaned run's commits can be read: its branches may be gone, what holds them may not. */
async function cleanedPlace(
  { git, root }: Repository,
  { heldBy }: Cleaned,
  tip: Oid,
): Promise<{ readonly cwd: string; readonly tip: Oid } | undefined> {
  const holder = heldBy === undefined ? undefined : await readRef(git, root, heldBy);
  if (!holder?.ok || holder.value === undefined) return undefined;
  const isHeld = await isKnownAncestor(git, root, tip, holder.value);
  return isHeld ? { cwd: root, tip } : undefined;
}

async function checkStatesOf(
  repository: Repository,
  cwd: string,
  claims: Claims,
  answer: Answer,
): Promise<void> {
  const index = await indexAfter(repository, cwd, claims);
  if (index === undefined) {
    answer.notes.push('the ticket index cannot be read, so its states were not compared');
    return;
  }
  const begun = new Set<string>(claims.begun);
  const later = await workedOnLater(repository.commonDir, claims.planned.run);
  const { states, contradictions } = checkStates(claims, begun, index, later);
  answer.checked.states = states;
  answer.add(...contradictions);
}

/** The branch in the user's repository, the target once delivered, and the checkout that stands on it. */
async function checkDelivery(
  repository: Repository,
  { planned, delivered }: Claims,
  tip: Oid,
  cleaned: Cleaned | undefined,
  answer: Answer,
): Promise<void> {
  const { git, root } = repository;
  const [published, target] = await Promise.all([
    readRef(git, root, `refs/heads/${answer.branch}`),
    readRef(git, root, `refs/heads/${planned.target}`),
  ]);
  const holds = async (at: Oid | undefined) =>
    at !== undefined && (await isKnownAncestor(git, root, tip, at));
  const there = published.ok ? published.value : undefined;
  const isInTarget = await holds(target.ok ? target.value : undefined);
  if (there !== undefined && !(await holds(there))) {
    answer.add({
      kind: 'branch-differs',
      message: `${answer.branch} stands at ${there.slice(0, 12)} here, which does not hold what landed last (${tip.slice(0, 12)})`,
    });
  }
  if (delivered?.how === 'forwarded' && !isInTarget) {
    answer.add({
      kind: 'target-lacks-it',
      message: `${planned.target} was brought to ${tip.slice(0, 12)}, and does not hold it any more`,
    });
  }
  if (!isInTarget && tip !== planned.base && delivered?.how !== 'forwarded') {
    answer.notes.push(
      there === undefined && cleaned?.heldBy !== undefined
        ? `${planned.target} does not hold what landed, ${cleaned.heldBy} did when it was cleaned`
        : there === undefined
          ? `${planned.target} does not hold what landed, and ${answer.branch} is not in this repository: it waits in the depot (sage deliver ${planned.run})`
          : `what landed waits on ${answer.branch}: sage deliver ${planned.run}`,
    );
  }
  if (isInTarget) answer.add(...(await checkCheckout(repository, planned, tip)));
}
