import { mkdir, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import type { AgentEnd, AgentMessage, AgentOutcome, Usage } from '../model/agent.js';
import { failed, success, type Result } from '../model/failure.js';
import type { AgentRun } from '../model/intent.js';
import { fullDisk } from '../journal/disk-trouble.js';
import type { ProcessEnd } from '../process/process-spec.js';
import { openActivity } from './activity.js';
import { markerOf, type AgentRunDeps } from './agent-run-deps.js';
import { keepRoom, type RoundFiles } from './attempt-files.js';
import type { ChosenAgent } from './choose.js';
import { agentEnvironment, type Credential } from './environment.js';
import { safely } from './listen-safely.js';
import { outboxOf, reportedIn } from './outbox.js';
import { prepareCall } from './prepare-call.js';
import { redacted } from './redacted.js';
import { RetryWatch } from './retry-watch.js';
import { createTally } from './tally.js';
import { unfollowed } from './unfollowed.js';
import { addUsage } from './usage.js';

interface Called {
  readonly outcome: AgentOutcome;
  /** It was to go on with a session that its CLI does not know: nothing was asked of it. */
  readonly isForgotten?: boolean;
}

/**
 * Calls the agent of a ticket, to its end, and tells what it said on the way: once, and in a new session again when its
 * CLI has not kept the one that it was to go on with. Throws what we or the machine break.
 */
export async function callAgent(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  cancel: AbortSignal,
): Promise<AgentOutcome> {
  const { outcome, isForgotten } = await callOnce(deps, intent, files, cancel);
  const { sessionId, ...anew } = intent;
  if (sessionId === undefined || !isForgotten || cancel.aborted) return outcome;
  return (await callOnce(deps, anew, files, cancel)).outcome;
}

async function callOnce(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  cancel: AbortSignal,
): Promise<Called> {
  const chosen = await agentWithKey(deps, intent);
  if (!chosen.ok)
    return {
      outcome: { ...unfollowed(deps, files, { kind: 'not-started' }), failure: chosen.failure },
    };
  const { agent, credential } = chosen.value;
  const { adapter, environment, model: asked } = agent;
  const call = await prepareCall(deps, intent, files, adapter);
  const temporaryFolder = await emptyFolder(deps, intent);
  const { file, args, env, input, politeSignal } = adapter.call(call);
  const listener = safely(adapter.listen(call));
  const givenUp = new AbortController();
  await keepRoom(files.end);
  const activity = await openActivity(files.activity, intent.round, deps.clock);
  const tally = createTally(intent.model ?? asked);
  let usage: Usage = {};
  let waitedFor: string | undefined;
  using retries = new RetryWatch(deps.limits.silenceMs);
  const tell = (messages: readonly AgentMessage[]) => {
    for (const told of messages) {
      const message = redacted(told, deps.redact);
      activity.add(message);
      tally.add(message);
      retries.hear(message);
      if (message.type === 'waiting') waitedFor = message.reason;
      deps.onMessage(intent.attempt, message);
      if (message.type === 'usage') usage = addUsage(usage, message.usage);
    }
    const types = new Set(messages.map(({ type }) => type));
    // What is told with the end is spent: to stop it then would save nothing.
    const cost =
      types.has('usage') && !types.has('ended') ? deps.costOf(usage, tally.talk.model) : undefined;
    if (cost) deps.onCost?.(intent, cost.microUsd);
    if (listener.isHopeless) givenUp.abort();
  };
  try {
    const stopped = await deps.runProcess({
      file,
      args,
      cwd: deps.lanePath(intent.lane),
      env: {
        ...agentEnvironment({
          variables: deps.variables,
          adapter,
          names: environment,
          withheld: deps.withheld ?? NOTHING_WITHHELD,
          ...(credential ? { credential } : {}),
          run: deps.run,
          ticket: intent.ticket,
          attempt: intent.attempt,
          lane: intent.lane,
          portBase: deps.portBase(intent.lane),
          promptFile: files.prompt,
          temporaryFolder,
          outbox: outboxOf(deps, intent),
          identity: deps.identity,
        }),
        ...env,
      },
      ...(input === undefined ? {} : { input }),
      log: files.log,
      onLine: (line) => tell(listener.read(line)),
      onErrorLine: (line) => tell(listener.readError(line)),
      limitMs: deps.limits.limitMs,
      silenceMs: deps.limits.silenceMs,
      politeSignal,
      cancel: AbortSignal.any([cancel, givenUp.signal, retries.signal]),
      marker: markerOf(deps.marker, intent),
    });
    const isGivenUp = stopped.end.kind === 'cancelled' && !cancel.aborted;
    const givenUpAs: AgentEnd = listener.isHopeless
      ? { kind: 'signalled', signal: politeSignal }
      : { kind: 'silent', limitMs: deps.limits.silenceMs };
    const ended: ProcessEnd = { ...stopped, end: isGivenUp ? givenUpAs : stopped.end };
    const concluded = redacted(listener.conclude(ended), deps.redact);
    const isCrash = ended.end.kind === 'exited' && ended.end.code !== 0;
    const full = isCrash
      ? await fullDisk([deps.lanePath(intent.lane), deps.runDirectory])
      : undefined;
    const outcome: AgentOutcome = {
      end: ended.end,
      ...concluded,
      ...tally.talk,
      ...(await reportedIn(deps, intent)),
      ...(waitedFor === undefined ? {} : { waitedFor }),
      // Whatever it said: without room nobody can work.
      ...(full ? { failure: full } : {}),
      ms: Math.round(ended.ms),
      outputBytes: ended.outputBytes,
      log: relative(deps.runDirectory, files.log),
    };
    const { messages, toolCalls } = tally.talk;
    const isForgotten =
      call.resume !== undefined &&
      isCrash &&
      messages + toolCalls === 0 &&
      adapter.unknownSession?.test(ended.tail) === true;
    return { outcome, isForgotten };
  } finally {
    await activity.close();
  }
}

const NOTHING_WITHHELD: ReadonlySet<string> = new Set();

interface Chosen {
  readonly agent: ChosenAgent;
  /** The key that is leased to the call. */
  readonly credential?: Credential;
}

/** Who is called, and with what: not every agent has a pool of keys. */
async function agentWithKey(
  deps: AgentRunDeps,
  { ticket, credential: key }: AgentRun,
): Promise<Result<Chosen>> {
  const chosen = await deps.agentFor(ticket);
  if (!chosen.ok) return chosen;
  const agent = chosen.value;
  if (key === undefined) return success({ agent });
  const credential = deps.secretOf?.(agent.name, key);
  if (credential) return success({ agent, credential });
  return failed({
    code: 'agent/not-logged-in',
    message: `${key} of ${agent.name} is not there any more`,
    hint: `The keys of \`credentials.${agent.name}\` were read again when the run went on, and there are fewer.`,
  });
}

/** A folder of the lane's own, empty for the first round: what one ticket leaves must not reach the next. */
async function emptyFolder(deps: AgentRunDeps, intent: AgentRun): Promise<string> {
  const folder = deps.temporaryFolder(intent.lane);
  if (intent.round === 1) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}
