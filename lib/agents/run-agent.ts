import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { AgentMessage, AgentOutcome } from '../model/agent.js';
import type { Clock } from '../model/clock.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import type { Result } from '../model/failure.js';
import {
  safeName,
  type AttemptAddress,
  type LaneName,
  type Oid,
  type RunId,
  type TicketId,
} from '../model/ids.js';
import type { AgentRun } from '../model/intent.js';
import type { Ticket } from '../model/ticket.js';
import { diskTrouble, fullDisk } from '../journal/disk-trouble.js';
import type { RunProcess } from '../process/process-spec.js';
import { sweepMarker } from '../process/sweep.js';
import { openActivity, recallActivity } from './activity.js';
import type { AgentCall } from './adapter.js';
import { keepRoom, readEnd, roundFiles, writeEnd, type RoundFiles } from './attempt-files.js';
import type { ChosenAgent } from './choose.js';
import { agentEnvironment } from './environment.js';
import { safely } from './listen-safely.js';
import { composePrompt, type TicketText } from './prompt.js';
import type { PromptTemplates } from './templates.js';

/** What calling agents needs from a run. */
export interface AgentRunDeps {
  readonly run: RunId;
  /** First part of the markers of all programs that this process starts for the run. */
  readonly marker: string;
  readonly runDirectory: string;
  /** The attempt's folder, absolute, inside the run directory. */
  readonly attemptFolder: (attempt: AttemptAddress) => string;
  readonly tickets: ReadonlyMap<TicketId, Ticket>;
  readonly documents: (ticket: TicketId) => readonly TicketText[];
  readonly agentFor: (ticket: TicketId) => Promise<Result<ChosenAgent>>;
  readonly templates: PromptTemplates;
  /** Command lines that every landed commit must pass; for the prompt. */
  readonly checks: readonly string[];
  readonly access: 'edits' | 'full';
  /** The user's environment; the agent gets what its allow-list names. */
  readonly variables: Readonly<Record<string, string>>;
  readonly identity: { readonly name: string; readonly email: string };
  readonly lanePath: (lane: LaneName) => string;
  /** A folder for temporary files of a lane; emptied before each attempt. */
  readonly temporaryFolder: (lane: LaneName) => string;
  /** The first of ten ports of a lane. */
  readonly portBase: (lane: LaneName) => number;
  readonly limits: { readonly limitMs: number; readonly silenceMs: number };
  readonly runProcess: RunProcess;
  readonly clock: Clock;
  readonly onMessage: (attempt: AttemptAddress, message: AgentMessage) => void;
  /** The earlier work of a ticket that conflicted, or was sent back, as a diff; for the prompt. */
  readonly diffOf?: (work: Oid) => Promise<string>;
}

/**
 * The effect that calls an agent once: prompt, process, outcome. The outcome is on disk before it is told, in room that
 * was taken before the agent was called, so that an agent that has ended is never called again; one that was cut off with the orchestrator is told as cancelled, with what
 * it had cost by then.
 */
export function createAgentRun(deps: AgentRunDeps): Effect<'agent.run'> {
  return {
    async perform(intent, cancel) {
      const files = filesOf(deps, intent);
      const outcome = await callAgent(deps, intent, files, cancel).catch((error: unknown) =>
        notCalled(deps, intent, files, error),
      );
      // It has been paid for: what cannot be remembered is told all the same, and the journal remembers it.
      await writeEnd(files.end, outcome).catch(() => undefined);
      return finished(intent, outcome);
    },
    async reconcile(intent) {
      const files = filesOf(deps, intent);
      await sweepMarker(markerOf(deps.marker, intent));
      const outcome = (await readEnd(files.end)) ?? {
        end: { kind: 'cancelled' },
        ...(await recallActivity(files.activity, intent.round)),
        ms: 0,
        outputBytes: 0,
        log: relative(deps.runDirectory, files.log),
      };
      return finished(intent, outcome);
    },
  };
}

/**
 * A mistake of ours or of the machine on the way to the agent or back: told as such, since a call that looked cut off
 * would be made again without end. A disk without room is thrown on: the call can be made when there is some.
 */
async function notCalled(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  error: unknown,
): Promise<AgentOutcome> {
  if (await diskTrouble(error, files.end)) throw error;
  await sweepMarker(markerOf(deps.marker, intent));
  return {
    end: { kind: 'not-started' },
    failure: {
      code: 'agent/crashed',
      message: `the agent could not be called: ${error instanceof Error ? error.message : String(error)}`,
      ...(error instanceof Error && error.stack ? { evidence: error.stack.slice(0, 2_000) } : {}),
    },
    ...(await recallActivity(files.activity, intent.round)),
    ms: 0,
    outputBytes: 0,
    log: relative(deps.runDirectory, files.log),
  };
}

/** `<run>/<attempt>/<round>`, safe for an environment and free of slashes inside its parts. */
export const markerOf = (prefix: string, { attempt, round }: Pick<AgentRun, 'attempt' | 'round'>) =>
  `${prefix}/${safeName(attempt)}/${round}`;

async function callAgent(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  cancel: AbortSignal,
): Promise<AgentOutcome> {
  const log = relative(deps.runDirectory, files.log);
  const chosen = await deps.agentFor(intent.ticket);
  if (!chosen.ok) {
    const { failure } = chosen;
    return { end: { kind: 'not-started' }, failure, usage: {}, ms: 0, outputBytes: 0, log };
  }
  const { adapter, environment } = chosen.value;
  const call = await prepareCall(deps, intent, files, adapter.canResume);
  const temporaryFolder = await emptyFolder(deps, intent);
  const { file, args, env, input, politeSignal } = adapter.call(call);
  const listener = safely(adapter.listen(call));
  await keepRoom(files.end);
  const activity = await openActivity(files.activity, intent.round, deps.clock);
  let waitedFor: string | undefined;
  try {
    const ended = await deps.runProcess({
      file,
      args,
      cwd: deps.lanePath(intent.lane),
      env: {
        ...agentEnvironment({
          variables: deps.variables,
          adapter,
          names: environment,
          run: deps.run,
          ticket: intent.ticket,
          attempt: intent.attempt,
          lane: intent.lane,
          portBase: deps.portBase(intent.lane),
          promptFile: files.prompt,
          temporaryFolder,
          identity: deps.identity,
        }),
        ...env,
      },
      ...(input === undefined ? {} : { input }),
      log: files.log,
      onLine: (line) => {
        for (const message of listener.read(line)) {
          activity.add(message);
          if (message.type === 'waiting') waitedFor = message.reason;
          deps.onMessage(intent.attempt, message);
        }
      },
      limitMs: deps.limits.limitMs,
      silenceMs: deps.limits.silenceMs,
      politeSignal,
      cancel,
      marker: markerOf(deps.marker, intent),
    });
    const concluded = listener.conclude(ended);
    const isCrash = ended.end.kind === 'exited' && ended.end.code !== 0;
    const full = isCrash
      ? await fullDisk([deps.lanePath(intent.lane), deps.runDirectory])
      : undefined;
    return {
      end: ended.end,
      ...concluded,
      ...(waitedFor === undefined ? {} : { waitedFor }),
      // Whatever it said: without room nobody can work.
      ...(full ? { failure: full } : {}),
      ms: Math.round(ended.ms),
      outputBytes: ended.outputBytes,
      log,
    };
  } finally {
    await activity.close();
  }
}

async function prepareCall(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  canResume: boolean,
): Promise<AgentCall> {
  const ticket = deps.tickets.get(intent.ticket);
  if (!ticket) throw new Error(`the run has no ticket ${intent.ticket}`);
  const resume =
    canResume && intent.sessionId !== undefined
      ? { sessionId: intent.sessionId, costMicroUsd: await costBefore(deps, intent) }
      : undefined;
  const diff =
    intent.ask.kind === 'conflict' || intent.ask.kind === 'review'
      ? await deps.diffOf?.(intent.ask.earlierWork)
      : undefined;
  const prompt = composePrompt({
    templates: deps.templates,
    ticket,
    documents: deps.documents(intent.ticket),
    ask: intent.ask,
    isResumed: resume !== undefined,
    checks: deps.checks,
    ...(diff === undefined ? {} : { diff }),
  });
  await mkdir(deps.attemptFolder(intent.attempt), { recursive: true });
  await writeFile(files.prompt, prompt);
  return {
    prompt,
    promptFile: files.prompt,
    newSessionId: randomUUID(),
    ...(resume ? { resume } : {}),
    access: deps.access,
    isRoot: process.getuid?.() === 0,
  };
}

/** What the earlier rounds of this attempt told as the cost of the session that goes on. */
async function costBefore(deps: AgentRunDeps, intent: AgentRun): Promise<number> {
  let sum = 0;
  for (let round = 1; round < intent.round; round += 1) {
    const earlier = await readEnd(roundFiles(deps.attemptFolder(intent.attempt), round).end);
    if (earlier?.sessionId === intent.sessionId) sum += earlier?.usage.costMicroUsd ?? 0;
  }
  return sum;
}

/** A folder of the lane's own, empty for the first round: what one ticket leaves must not reach the next. */
async function emptyFolder(deps: AgentRunDeps, intent: AgentRun): Promise<string> {
  const folder = deps.temporaryFolder(intent.lane);
  if (intent.round === 1) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

const filesOf = (deps: AgentRunDeps, { attempt, round }: AgentRun) =>
  roundFiles(deps.attemptFolder(attempt), round);

const finished = (intent: AgentRun, outcome: AgentOutcome): readonly EventDraft[] => [
  {
    type: 'agent.finished',
    attempt: intent.attempt,
    round: intent.round,
    outcome,
    closes: intent.key,
  },
];
