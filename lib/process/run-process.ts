import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentEnd } from '../model/agent.js';
import type { Clock } from '../model/clock.js';
import { killTree } from './kill-tree.js';
import { openOutputLog, type OutputLog } from './output-log.js';
import { pumpOutput } from './output-pump.js';
import { plainText } from './plain-text.js';
import type { ProcessEnd, ProcessSpec, RunProcess } from './process-spec.js';
import { identify } from './process-table.js';
import type { ProcessId } from './process-tree.js';
import type { Redaction } from './redact.js';
import { startProgram, type Program } from './start-program.js';
import { startWatchdog } from './watchdog.js';

/** Who ends our programs when we no longer can: the warden. */
export interface Leash {
  register(program: ProcessId): void;
  unregister(program: ProcessId): void;
}

interface RunProcessDeps {
  readonly clock: Clock;
  readonly warden?: Leash;
  /** What no log, line or tail may show. */
  readonly redaction?: Redaction;
}

const GRACE_MS = 5_000;
/** For what a program leaves behind that ended by itself. */
const LEFT_BEHIND_GRACE_MS = 1_000;
/** An exit that does not come although the process is gone from the table. */
const EXIT_LIMIT_MS = 1_000;

/**
 * The one way in which agents and checks are run. A program starts in a session of its own; it has ended when it
 * exits, not when its pipes close (its grandchildren may hold these for ever). Then whatever is left of its tree is
 * ended, and only then the promise settles. What a program costs us is about 100 KiB, plus the line being read.
 */
export function createRunProcess(deps: RunProcessDeps): RunProcess {
  return async (spec) => {
    let log: OutputLog;
    try {
      log = await openOutputLog(spec.log);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return notStarted(`its log cannot be written: ${message}`);
    }
    const startedAt = deps.clock.monotonic();
    if (spec.cancel?.aborted) {
      return { ...notStarted('', (await log.close()).hash), end: { kind: 'cancelled' } };
    }
    const started = await startProgram(spec);
    if (!started.ok) return notStarted(started.message, (await log.close()).hash);
    const ending = await attend(started.program, spec, log, deps);
    return { ...ending, ms: deps.clock.monotonic() - startedAt };
  };
}

async function attend(
  program: Program,
  spec: ProcessSpec,
  log: OutputLog,
  { clock, warden, redaction }: RunProcessDeps,
): Promise<ProcessEnd> {
  const exited = endOf(program);
  const listeners = {
    heard: () => watchdog.heard(),
    ...(spec.onLine ? { onLine: spec.onLine } : {}),
    ...(spec.onErrorLine ? { onErrorLine: spec.onErrorLine } : {}),
  };
  const output = pumpOutput(program, log, listeners, redaction);
  let settleStop: (why: AgentEnd) => void;
  const stopped = new Promise<AgentEnd>((resolve) => (settleStop = resolve));
  const cancel = () => settleStop({ kind: 'cancelled' });
  const watchdog = startWatchdog(clock, spec, (kind, limitMs) => settleStop({ kind, limitMs }));
  spec.cancel?.addEventListener('abort', cancel);
  if (spec.cancel?.aborted) cancel();

  const leader = await identify(program.pid);
  warden?.register(leader);
  const end = await Promise.race([exited, stopped]);
  watchdog.stop();
  spec.cancel?.removeEventListener('abort', cancel);

  const endedItself = end.kind === 'exited' || end.kind === 'signalled';
  const graceMs = spec.graceMs ?? GRACE_MS;
  const { found, survivors } = await killTree(
    { known: [leader], marker: spec.marker, notBefore: leader.started },
    endedItself
      ? { graceMs: Math.min(graceMs, LEFT_BEHIND_GRACE_MS) }
      : { graceMs, politeSignal: spec.politeSignal ?? 'SIGTERM' },
  );
  await Promise.race([exited, sleep(EXIT_LIMIT_MS, undefined, { ref: false })]);
  warden?.unregister(leader);
  const tail = await output.finish();
  const { seenBytes, hash, error } = await log.close();
  // A program may call itself what it likes.
  const nameOf = ({ pid, name }: { readonly pid: number; readonly name: string }) =>
    `${pid} ${plainText(redaction?.text(name) ?? name)}`;
  output.rethrow();
  return {
    end,
    ms: 0,
    outputBytes: seenBytes,
    logHash: hash,
    tail,
    leftBehind: endedItself ? found.map(nameOf) : [],
    ...(survivors.length > 0 ? { survivors: survivors.map(nameOf) } : {}),
    ...(error === undefined ? {} : { logError: error }),
  };
}

function endOf(program: Program): Promise<AgentEnd> {
  return new Promise((resolve) => {
    program.once('exit', (code, signal) => {
      resolve(
        code === null ? { kind: 'signalled', signal: String(signal) } : { kind: 'exited', code },
      );
    });
  });
}

const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const notStarted = (message: string, logHash = EMPTY_HASH): ProcessEnd => ({
  end: { kind: 'not-started' },
  ms: 0,
  outputBytes: 0,
  logHash,
  tail: plainText(message),
  leftBehind: [],
});
