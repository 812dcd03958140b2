import type { EventOf, RunEvent } from '../model/event.js';
import type { Oid, TicketId } from '../model/ids.js';
import type { CandidateBuild } from '../model/intent.js';
import { baselineOf, judgedNow, shrink } from '../engine/baseline.js';
import type { CheckResult, KnownFailures, Verdict } from '../model/work.js';

/** One move of the run's branch, as its journal tells it. */
export interface Claim {
  /** Absent: the bookkeeping commit. An intake has a name of its own here. */
  readonly ticket?: TicketId;
  /** The `Land-Id` trailer that the commit must carry. */
  readonly landId: string;
  readonly commit: Oid;
  /** It was published only below another that landed by the same move. */
  readonly isInside: boolean;
  /** What was built: absent when the commit was found on the branch and not made by this run's hand. */
  readonly tree?: Oid;
  /** What the ticket's work was, and what it was built on. */
  readonly build?: CandidateBuild;
}

/** All that a journal claims about what landed. */
export interface Claims {
  readonly planned: EventOf<'run.planned'>;
  /** In the order in which they landed. */
  readonly landed: readonly Claim[];
  /** Tickets of which an attempt was begun. */
  readonly begun: readonly TicketId[];
  /** Green verdicts by tree: each check passed, or failed only as the base and all that had landed did. */
  readonly verdicts: ReadonlyMap<Oid, Verdict>;
  /** Logs of all checks, whatever their outcome. */
  readonly logs: ReadonlyMap<string, string>;
  readonly delivered?: EventOf<'run.delivered'>;
  readonly isFinished: boolean;
}

/** Reads the claims off a journal that begins with its plan. */
export function claimsOf(planned: EventOf<'run.planned'>, events: readonly RunEvent[]): Claims {
  const landed: Claim[] = [];
  const verdicts = new Map<Oid, Verdict>();
  const logs = new Map<string, string>();
  const prepared = new Map<Oid, Oid>();
  const builds = new Map<TicketId, CandidateBuild>();
  const begun: TicketId[] = [];
  let delivered: EventOf<'run.delivered'> | undefined;
  const noteLogs = (results: readonly CheckResult[]) => {
    for (const { log, logHash, outcome } of results) {
      // What was never started has printed nothing.
      if (outcome !== 'not-started') logs.set(log, logHash);
    }
  };
  let inside: readonly Oid[] = [];
  let baseline: readonly KnownFailures[] = [];
  const learn = (verdict: Verdict | undefined) => {
    if (verdict && judgedNow(baseline, verdict).colour === 'green') {
      verdicts.set(verdict.tree, verdict);
    }
    noteLogs(verdict?.results ?? []);
  };
  /** The tree that was published: what it rests on may have been mended since it was verified. */
  const publish = (commit: Oid) => {
    const tree = prepared.get(commit);
    const verdict = tree === undefined ? undefined : verdicts.get(tree);
    if (!verdict) return;
    if (judgedNow(baseline, verdict).colour === 'green') baseline = shrink(baseline, verdict);
    else verdicts.delete(verdict.tree);
  };
  for (const event of events) {
    if (event.opens?.kind === 'candidate.build') builds.set(event.opens.ticket, event.opens);
    switch (event.type) {
      case 'attempt.started':
        begun.push(event.ticket);
        break;
      case 'base.checked':
        if (event.verdict?.colour === 'green') baseline = baselineOf(event.verdict);
        learn(event.verdict);
        break;
      case 'landing.verified':
        learn(event.verdict);
        break;
      case 'scripts.finished':
        noteLogs(event.results);
        break;
      case 'landing.prepared':
        prepared.set(event.commit, event.tree);
        break;
      case 'landing.landed':
        if (event.rest?.length) {
          inside = [event.commit, ...event.rest.slice(0, -1).map(({ commit }) => commit)];
        }
        landed.push({
          ...claim(planned, event, prepared, builds),
          isInside: inside.includes(event.commit),
        });
        if (!inside.includes(event.commit)) publish(event.commit);
        break;
      case 'bookkeeping.landed':
        if (event.commit) {
          const landId = `${planned.run}/bookkeeping`;
          landed.push({ landId, commit: event.commit, isInside: false });
        }
        break;
      case 'run.delivered':
        delivered = event;
        break;
      default:
    }
  }
  const isFinished = events.at(-1)?.type === 'run.finished';
  return {
    planned,
    begun,
    landed,
    verdicts,
    logs,
    isFinished,
    ...(delivered ? { delivered } : {}),
  };
}

function claim(
  { run }: EventOf<'run.planned'>,
  { ticket, commit }: EventOf<'landing.landed'>,
  prepared: ReadonlyMap<Oid, Oid>,
  builds: ReadonlyMap<TicketId, CandidateBuild>,
): Omit<Claim, 'isInside'> {
  const tree = prepared.get(commit);
  const build = builds.get(ticket);
  return {
    ticket,
    landId: `${run}/${ticket}`,
    commit,
    ...(tree === undefined ? {} : { tree }),
    ...(build ? { build } : {}),
  };
}
