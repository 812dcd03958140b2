import { readdir } from 'node:fs/promises';
import { readCleaned } from '../journal/cleaned.js';
import {
  attemptDirectory,
  attemptsDirectory,
  listRuns,
  type RunDirectory,
} from '../journal/run-directory.js';
import type { RunEvent } from '../model/event.js';
import { Refusal, type Failure } from '../model/failure.js';
import {
  attemptAddress,
  safeName,
  ticketId,
  ticketOf,
  type AttemptAddress,
  type RunId,
} from '../model/ids.js';
import { nearest } from '../model/nearest.js';
import type { CheckResult } from '../model/work.js';
import { readRunFiles } from './run-files.js';

/** Where what the agent of one attempt said lies. */
export interface AttemptLogs {
  readonly run: RunId;
  readonly attempt: number;
  /** All attempts of that ticket in that run. */
  readonly attempts: readonly number[];
  readonly folder: string;
}

/** The attempt that somebody asked for, else the newest of the ticket, in the named or the newest run that has one. */
export async function findAttempt(
  commonDir: string,
  ticket: string,
  asked: { readonly run?: string; readonly attempt?: number },
): Promise<AttemptLogs> {
  // Loaded when it is needed: it brings the whole fold along.
  const named =
    asked.run === undefined
      ? undefined
      : await (await import('./read-run.js')).knownRun(commonDir, asked.run);
  const runs = (await listRuns(commonDir)).filter(({ run }) => run === (named ?? run));
  for (const directory of [...runs].reverse()) {
    const attempts = await attemptsOf(directory, ticket);
    const attempt = asked.attempt ?? attempts.at(-1);
    if (attempt === undefined || !attempts.includes(attempt)) continue;
    const address = attemptAddress(ticketId(ticket), attempt);
    return {
      run: directory.run,
      attempt,
      attempts,
      folder: attemptDirectory(directory, address),
    };
  }
  throw new Refusal([await noLog(runs, ticket, asked.attempt)], 2);
}

/** Numbers of the attempts of a ticket that have a folder. */
async function attemptsOf(directory: RunDirectory, ticket: string): Promise<readonly number[]> {
  const names = await readdir(attemptsDirectory(directory)).catch(() => []);
  const prefix = `${safeName(ticket)}-`;
  return names
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d*$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((one, other) => one - other);
}

async function noLog(
  runs: readonly RunDirectory[],
  ticket: string,
  attempt: number | undefined,
): Promise<Failure> {
  const known = new Set<string>();
  let isCleaned = false;
  for (const directory of runs) {
    const files = await readRunFiles(directory).catch(() => undefined);
    for (const { id } of files?.tickets ?? []) known.add(id);
    const worked = files?.tickets.some(({ id }) => id === ticket) ?? false;
    isCleaned ||= worked && (await readCleaned(directory.path)) !== undefined;
  }
  const about = JSON.stringify(ticket.slice(0, 80));
  if (isCleaned) {
    return {
      code: 'usage/invalid',
      message: `there is no log of ${about} any more: \`sage clean\` has freed it`,
      hint: 'what landed is in git: `git log --grep "#ID"`; kept work: `sage rescue --list`',
    };
  }
  if (known.has(ticket)) {
    const which = attempt === undefined ? 'no agent was called' : `there is no attempt ${attempt}`;
    return {
      code: 'usage/invalid',
      message: `${which} for ${about} here`,
      hint: `\`sage stream --explain ${ticket}\` says why a ticket waits`,
    };
  }
  const near = nearest(ticket, [...known]);
  return {
    code: 'plan/unknown-ticket',
    message: `no run here has worked on ${about}`,
    hint: near ? `did you mean ${near}?` : '`sage status` names the tickets of the run',
  };
}

/** A check that was run for a ticket, and where its log lies. */
export interface CheckLog {
  /** `its own script`, `landing`. */
  readonly of: string;
  readonly result: CheckResult;
}

/** The checks that a run made for a ticket, in their order, by its journal. */
export function checkLogsOf(events: readonly RunEvent[], ticket: string): readonly CheckLog[] {
  const isOf = (attempt: AttemptAddress) => ticketOf(attempt) === ticket;
  return events.flatMap((event): CheckLog[] => {
    if (event.type === 'scripts.finished' && isOf(event.attempt))
      return event.results.map((result) => ({ of: `own script of ${event.attempt}`, result }));
    if (event.type === 'landing.verified' && event.ticket === ticket)
      return event.verdict.results.map((result) => ({ of: 'before landing', result }));
    return [];
  });
}
