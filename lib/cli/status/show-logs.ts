import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { roundFiles } from '../../agents/attempt-files.js';
import { openGrowingFile, type GrowingFile } from '../../journal/growing-file.js';
import { attemptDirectory } from '../../journal/run-directory.js';
import type { AgentMessage } from '../../model/agent.js';
import type { RunEvent } from '../../model/event.js';
import { attemptAddress, ticketId } from '../../model/ids.js';
import { plainText } from '../../process/plain-text.js';
import type { NamedLogs } from '../../run/find-logs.js';
import { checkLogsOf } from '../../run/ticket-logs.js';
import type { RunWatch } from '../../run/watch-run.js';
import { activityLines } from '../../show/activity-text.js';
import { duration } from '../../show/duration.js';
import { createPaint } from '../../show/paint.js';
import type { Context } from '../context.js';

interface LogView {
  readonly isRaw: boolean;
  readonly isFollowing: boolean;
  readonly isOneAttempt: boolean;
}

const LOOK_MS = 1_000;

/** What the agent said in an attempt, and, when following, in those that come after it. */
export async function showAttempt(
  context: Context,
  commonDir: string,
  found: NamedLogs,
  view: LogView,
): Promise<void> {
  const { stdout, stderr } = context;
  const { ticket, round } = found;
  const others = found.attempts.filter((number) => number !== found.attempt);
  const more = others.length === 0 ? '' : `; other attempts: ${others.join(', ')} (--attempt N)`;
  const which = round === undefined ? '' : `, call ${round}`;
  stderr.line(`${ticket}#${found.attempt}${which} of run ${found.run}${more}`);
  if (!view.isFollowing) {
    if (view.isRaw) await printRaw(context, found);
    else {
      await using file = openGrowingFile(join(found.folder, 'activity.ndjson'));
      await print(context, file, { round });
    }
    return;
  }
  const { watchRun } = await import('../../run/watch-run.js');
  using watch = await watchRun(commonDir, found.run);
  if (watch === undefined) return;
  let { attempt } = found;
  for (;;) {
    const address = attemptAddress(ticketId(ticket), attempt);
    const folder = attemptDirectory(watch.directory, address);
    await followAttempt(context, watch, { folder, address, round }, view);
    const next = view.isOneAttempt ? undefined : await nextAttempt(watch, ticket, attempt);
    if (next === undefined || stdout.isClosed()) return;
    attempt = next;
    stderr.line(`${ticket}#${attempt}`);
  }
}

interface FollowedCall {
  readonly folder: string;
  readonly address: string;
  /** Absent: all of the attempt. */
  readonly round: number | undefined;
}

async function followAttempt(
  context: Context,
  watch: RunWatch,
  { folder, address, round }: FollowedCall,
  { isRaw }: LogView,
): Promise<void> {
  // Raw output of later rounds has files of its own; the first is what is followed, if none is named.
  const { log, activity } = roundFiles(folder, round ?? 1);
  await using file = openGrowingFile(isRaw ? log : activity);
  for (;;) {
    const { pid } = await watch.read();
    const isActive =
      pid !== undefined && [...(watch.state?.active.keys() ?? [])].some((one) => one === address);
    await print(context, file, { isRaw, round });
    if (!isActive || context.stdout.isClosed()) return;
    await file.grown(LOOK_MS);
  }
}

/** Waits until the ticket is tried again; nothing: it is done with, or its run does not go on. */
async function nextAttempt(
  watch: RunWatch,
  ticket: string,
  after: number,
): Promise<number | undefined> {
  for (;;) {
    const { pid } = await watch.read();
    const entry = watch.state?.tickets.get(ticketId(ticket));
    if (entry && entry.numbered > after) return after + 1;
    const isDone =
      !entry ||
      entry.phase === 'landed' ||
      entry.phase === 'deferred' ||
      entry.phase === 'released';
    if (isDone || pid === undefined) return undefined;
    await watch.grown(LOOK_MS);
  }
}

/** Prints what has come, whole lines only. */
async function print(
  { stdout }: Context,
  file: GrowingFile,
  { isRaw = false, round }: { readonly isRaw?: boolean; readonly round: number | undefined },
): Promise<void> {
  const paint = createPaint(stdout.hasColour);
  const bytes = await file.peek();
  if (isRaw) {
    file.take(bytes.length);
    stdout.write(bytes);
    return;
  }
  const end = bytes.lastIndexOf(0x0a) + 1;
  file.take(end);
  for (const line of bytes.toString('utf8', 0, end).split('\n')) {
    const said = activityOf(line);
    const message = round === undefined || said?.round === round ? said?.message : undefined;
    for (const text of message ? activityLines(message, paint) : []) stdout.line(text);
  }
}

interface Said {
  readonly round: number;
  readonly message: AgentMessage;
}

/** A line of activity.ndjson; one that a crash cut in two says nothing. */
function activityOf(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}

/** The output of all rounds of an attempt, or of one, byte by byte. */
async function printRaw(context: Context, { folder, round: wanted }: NamedLogs): Promise<void> {
  const round = (name: string) => Number(/^output-(\d+)\.log$/.exec(name)?.[1] ?? 1);
  const names = (await readdir(folder))
    .filter((name) => /^output(-\d+)?\.log$/.test(name))
    .filter((name) => round(name) === (wanted ?? round(name)))
    .sort((one, other) => round(one) - round(other));
  for (const name of names) {
    for await (const chunk of createReadStream(join(folder, name)))
      context.stdout.write(chunk as Buffer);
  }
}

/** What the checks made for a ticket printed, each below a line that says which and how it ended. */
export async function showChecks(
  context: Context,
  commonDir: string,
  { run, ticket }: NamedLogs,
  { isRaw }: LogView,
): Promise<void> {
  const { stdout } = context;
  const paint = createPaint(stdout.hasColour);
  const { watchRun } = await import('../../run/watch-run.js');
  using watch = await watchRun(commonDir, run);
  const events: RunEvent[] = [];
  await watch?.read((event) => events.push(event));
  const checks = checkLogsOf(events, ticket);
  if (checks.length === 0) stdout.line(`No check was run for ${ticket} in run ${run}.`);
  for (const { of, result } of checks) {
    const { command, outcome, exitCode, ms, log } = result;
    const code = exitCode === undefined || exitCode === 0 ? '' : `, exit code ${exitCode}`;
    stdout.line(paint.bold(`── ${plainText(command)} (${of}): ${outcome}${code}, ${duration(ms)}`));
    const file = join(watch?.directory.path ?? '', log);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) stdout.line(`(its log is not there any more: ${file})`);
    else stdout.write(isRaw ? bytes : `${plainText(bytes.toString('utf8')).trimEnd()}\n`);
  }
}
