import { join } from 'node:path';
import { alertOf, alertOfMessage } from '../engine/alerts.js';
import type { RunState } from '../engine/state.js';
import type { AgentEnd, AgentMessage } from '../model/agent.js';
import { alertKinds, type Alert } from '../model/alert.js';
import type { Config } from '../model/config.js';
import type { RunEvent } from '../model/event.js';
import type { AttemptAddress } from '../model/ids.js';
import type { RunDirectory } from '../journal/run-directory.js';
import { plainText } from '../process/plain-text.js';
import { createRunProcess } from '../process/run-process.js';
import type { Life } from './life.js';
import type { ResumeRequest } from './run-request.js';
import { openSecrecy } from './secrecy.js';

/** Calls a human: the terminal's bell, and the command of `notify`. It never holds a run up. */
interface Alarm {
  event(event: RunEvent, state: RunState): void;
  message(attempt: AttemptAddress, message: AgentMessage): void;
  /** Waits, not for long, until everybody has been called. */
  settled(): Promise<void>;
}

interface AlarmParts {
  /** First part of the markers of what this process starts. */
  readonly life: Life;
  readonly directory: RunDirectory;
  readonly config: Config;
}

/** The same request, but for an alarm that hears all it is told. */
export function alarmed<Request extends ResumeRequest>(
  request: Request,
  parts: AlarmParts,
): Request & Pick<Alarm, 'settled'> {
  const { surroundings, onEvent } = request;
  const alarm = createAlarm(request, parts);
  return {
    ...request,
    settled: () => alarm.settled(),
    onEvent(event, state) {
      onEvent(event, state);
      alarm.event(event, state);
    },
    surroundings: {
      ...surroundings,
      onMessage(attempt, message) {
        surroundings.onMessage(attempt, message);
        alarm.message(attempt, message);
      },
    },
  };
}

const DEFAULTS: Config['notify'] = { bell: true, on: [...alertKinds] };

/** An agent that goes on asking calls once in so long. */
const AGAIN_MS = 5 * 60_000;
/** A command gets so long, and all that are left at the end of the run together. */
const LIMIT_MS = 10_000;
/** Of what it printed last, in characters. */
const SAID_LIMIT = 200;
/** More calls than this at once help nobody. */
const WAITING = 20;

function createAlarm(
  { surroundings, ring, say }: ResumeRequest,
  { life, directory, config }: AlarmParts,
): Alarm {
  const { clock, repository, variables } = surroundings;
  // Absent in runs that an older version began.
  const { notify = DEFAULTS } = config as Partial<Config>;
  const wanted: ReadonlySet<string> = new Set(notify.on);
  const calledAt = new Map<string, number>();
  const over = new AbortController();
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let count = 0;
  let hasFailed = false;

  const call = async (alert: Alert, command: string) => {
    const number = (count += 1);
    const { redaction } = await openSecrecy(surroundings, config);
    const runProcess = createRunProcess({ clock, ...(redaction ? { redaction } : {}) });
    const { end, tail } = await runProcess({
      file: 'sh',
      args: ['-c', command],
      cwd: repository.root,
      env: { ...variables, ...describe(alert, directory.run) },
      log: join(directory.path, 'notify', `${number}.log`),
      limitMs: LIMIT_MS,
      graceMs: 500,
      cancel: over.signal,
      marker: `${life}/notify/${number}`,
    });
    if (end.kind !== 'exited' || end.code !== 0) fail(howItEnded(end), tail);
  };
  const fail = (how: string, output: string) => {
    if (hasFailed) return;
    hasFailed = true;
    const said = plainText(output).trim().split('\n').at(-1)?.slice(-SAID_LIMIT) ?? '';
    say(`the command of \`notify\` ${how}${said === '' ? '' : `: ${said}`}`);
  };
  const raise = (alert: Alert | undefined) => {
    if (!alert || !wanted.has(alert.kind)) return;
    if (notify.bell) ring();
    const { command } = notify;
    if (command === undefined || waiting >= WAITING) return;
    waiting += 1;
    last = last
      .then(() => call(alert, command))
      .catch((error: unknown) => fail('could not be called', String(error)))
      .finally(() => (waiting -= 1));
  };

  return {
    event(event, state) {
      raise(alertOf(event, state));
    },
    message(attempt, message) {
      const alert = alertOfMessage(attempt, message);
      if (!alert || clock.monotonic() - (calledAt.get(attempt) ?? -Infinity) < AGAIN_MS) return;
      calledAt.set(attempt, clock.monotonic());
      raise(alert);
    },
    async settled() {
      const timer = setTimeout(() => over.abort(), LIMIT_MS);
      await last;
      clearTimeout(timer);
    },
  };
}

function howItEnded(end: AgentEnd): string {
  switch (end.kind) {
    case 'exited':
      return `ended with ${end.code}`;
    case 'signalled':
      return `was ended by ${end.signal}`;
    case 'not-started':
      return 'could not be started';
    default:
      return `did not end within ${LIMIT_MS / 1000} seconds, and was ended`;
  }
}

/** As variables of its own: nothing of it is ever part of the command line. */
const describe = ({ kind, ticket, message, command }: Alert, run: string) => ({
  SAGE_RUN: run,
  SAGE_NOTIFY: kind,
  SAGE_TICKET: ticket ?? '',
  SAGE_MESSAGE: plainText(message).replaceAll('\n', ' '),
  SAGE_COMMAND: command ?? '',
});
