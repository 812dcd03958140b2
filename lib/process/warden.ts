import { spawn, type ChildProcess } from 'node:child_process';
import type { ProcessId } from './process-tree.js';

/** What a warden needs to be started. */
interface WardenSettings {
  /** The marker prefix that all programs of this run carry: the run's id. */
  readonly marker: string;
  /** The compiled `warden-main`. */
  readonly entry: string;
  /** The node that runs it. */
  readonly node: string;
  /** Its environment; SAGE_MARKER is taken out, so that it never finds itself. */
  readonly env: Readonly<Record<string, string>>;
  /** Between the polite signal and SIGKILL, in milliseconds. Default 500: all must be over in two seconds. */
  readonly graceMs?: number;
}

/** The far end of the leash; see {@link startWarden}. */
export interface Warden extends AsyncDisposable {
  /** Names the leader of a tree; the marker tells it too, where environments can be read. */
  register(program: ProcessId): void;
  unregister(program: ProcessId): void;
  /** The warden's pid; absent while it is being started again. */
  readonly pid: number | undefined;
  /** Says goodbye: it exits at once and ends nothing. Settles when it is gone. */
  [Symbol.asyncDispose](): Promise<void>;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;
/** An idle node with the smallest heaps. */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--max-old-space-size=64', '--no-warnings'];

/**
 * Starts the run's warden: a process in a session of its own that holds the reading end of our pipe. When the pipe
 * closes without a goodbye, because this process was killed in whatever way, it ends everything that carries the
 * run's marker and everything below, and exits. A warden that dies, or cannot be started, is started again. It never
 * keeps us alive.
 */
export function startWarden(settings: WardenSettings): Warden {
  const registered = new Map<number, ProcessId>();
  const env = Object.fromEntries(
    Object.entries(settings.env).filter(([name]) => name !== 'SAGE_MARKER'),
  );
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let delayMs = FIRST_DELAY_MS;
  let isDisposed = false;

  const say = (line: string) => child?.stdin?.write(`${line}\n`);
  const start = () => {
    const startedAt = performance.now();
    const later = () => {
      if (isDisposed) return;
      delayMs =
        performance.now() - startedAt > LONGEST_DELAY_MS
          ? FIRST_DELAY_MS
          : Math.min(delayMs * 2, LONGEST_DELAY_MS);
      restart = setTimeout(start, delayMs);
      restart.unref();
    };
    let born: ChildProcess;
    try {
      born = spawn(
        settings.node,
        [...NODE_OPTIONS, settings.entry, settings.marker, String(settings.graceMs ?? 500)],
        { cwd: '/', env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
      );
    } catch {
      // Out of memory, say: the run goes on without a warden until one can be started.
      later();
      return;
    }
    child = born;
    born.unref();
    unrefStream(born.stdin);
    born.stdin?.on('error', () => undefined);
    for (const program of registered.values()) say(`+${program.pid} ${program.started}`);
    let isOver = false;
    const again = () => {
      if (isOver) return;
      isOver = true;
      if (child === born) child = undefined;
      later();
    };
    born.once('exit', again);
    born.once('error', again);
  };

  start();
  return {
    register(program) {
      registered.set(program.pid, program);
      say(`+${program.pid} ${program.started}`);
    },
    unregister(program) {
      registered.delete(program.pid);
      say(`-${program.pid}`);
    },
    get pid() {
      return child?.pid;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      clearTimeout(restart);
      const last = child;
      if (!last) return;
      const gone = new Promise<void>((resolve) => {
        last.once('exit', () => resolve());
        last.once('error', () => resolve());
      });
      last.ref();
      last.stdin?.end('done\n');
      await gone;
    },
  };
}

/** Pipes to children are sockets, whatever their type says: this one must not keep the event loop turning. */
function unrefStream(stream: unknown): void {
  (stream as { unref?: () => void }).unref?.();
}
