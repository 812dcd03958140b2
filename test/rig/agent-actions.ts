import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

/** What a test agent reports about money and tokens; printed as the line that the `command` adapter reads. */
export interface ToldUsage {
  readonly costUsd?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly model?: string;
  /** It uses no more. */
  readonly final?: true;
}

/** How far a grandchild goes away from the agent that starts it. */
export interface Fork {
  readonly holdOutput?: boolean;
  readonly clearEnvironment?: boolean;
  readonly loseParent?: boolean;
}

/** One thing that a test agent can be told to do in its working directory; `{ticket}` in texts is its ticket. */
export type AgentAction =
  | { readonly write: Readonly<Record<string, string>> }
  | { readonly writeBase64: Readonly<Record<string, string>> }
  | { readonly append: Readonly<Record<string, string>> }
  | { readonly delete: readonly string[] }
  | { readonly rename: readonly [from: string, to: string] }
  | { readonly mode: Readonly<Record<string, number>> }
  | { readonly symlink: Readonly<Record<string, string>> }
  | { readonly git: readonly string[] }
  | { readonly shell: string }
  /** Adds everything and commits it. */
  | { readonly commit: string }
  | { readonly print: string }
  | { readonly printError: string }
  /** Prints so many bytes without a newline. */
  | { readonly printBytes: number }
  | { readonly usage: ToldUsage }
  /** Works for so many milliseconds. */
  | { readonly delay: number }
  | { readonly ignore: 'SIGTERM' | 'SIGINT' }
  /** A grandchild in a session of its own that ignores polite signals; answers its pid. */
  | { readonly fork: Fork }
  /** Goes on only when the test made this file; an absolute path. */
  | { readonly waitForFile: string }
  /** Says nothing more and does not end. */
  | { readonly hang: true }
  | { readonly exit: number }
  | { readonly die: NodeJS.Signals };

/** Does one action. Answers text for those that have some: git and shell their output, fork the pid. */
export async function perform(action: AgentAction): Promise<string> {
  if ('write' in action) return writeAll(action.write, 'utf8');
  if ('writeBase64' in action) return writeAll(action.writeBase64, 'base64');
  if ('append' in action) {
    for (const [path, text] of Object.entries(action.append)) appendFileSync(parented(path), text);
  } else if ('delete' in action) {
    for (const path of action.delete) rmSync(path, { recursive: true });
  } else if ('rename' in action) {
    renameSync(action.rename[0], parented(action.rename[1]));
  } else if ('mode' in action) {
    for (const [path, mode] of Object.entries(action.mode)) chmodSync(path, mode);
  } else if ('symlink' in action) {
    for (const [path, target] of Object.entries(action.symlink))
      symlinkSync(target, parented(path));
  } else if ('git' in action) {
    return run('git', action.git);
  } else if ('shell' in action) {
    return run('sh', ['-c', action.shell]);
  } else if ('commit' in action) {
    run('git', ['add', '--all']);
    return run('git', ['commit', '--quiet', '--message', action.commit]);
  } else if ('print' in action) {
    writeSync(1, `${action.print}\n`);
  } else if ('printError' in action) {
    writeSync(2, `${action.printError}\n`);
  } else if ('printBytes' in action) {
    printBytes(action.printBytes);
  } else if ('usage' in action) {
    writeSync(1, `${JSON.stringify({ sage: 'usage', ...action.usage })}\n`);
  } else if ('delay' in action) {
    await new Promise((resolve) => setTimeout(resolve, action.delay));
  } else if ('ignore' in action) {
    process.on(action.ignore, () => undefined);
  } else if ('fork' in action) {
    return forkStubborn(action.fork);
  } else if ('waitForFile' in action) {
    await fileAppears(action.waitForFile);
  } else if ('hang' in action) {
    setInterval(() => undefined, 1_000_000);
    await new Promise(() => undefined);
  } else if ('exit' in action) {
    process.exitCode = action.exit;
  } else {
    process.kill(process.pid, action.die);
    await new Promise(() => setInterval(() => undefined, 1_000_000));
  }
  return '';
}

/** Puts the ticket's id where an action says `{ticket}`. */
export function forTicket(action: AgentAction, ticket: string): AgentAction {
  const quoted = JSON.stringify(ticket).slice(1, -1);
  return JSON.parse(JSON.stringify(action).replaceAll('{ticket}', () => quoted)) as AgentAction;
}

function writeAll(files: Readonly<Record<string, string>>, encoding: BufferEncoding): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(parented(path), text, encoding);
  return '';
}

function parented(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function run(file: string, args: readonly string[]): string {
  const done = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

function printBytes(count: number): void {
  const block = Buffer.alloc(64 * 1024, 'x');
  for (let left = count; left > 0; left -= block.length) {
    writeFully(block.subarray(0, Math.min(left, block.length)));
  }
}

/** A full pipe answers EAGAIN when somebody made it non-blocking: try again, nothing may be lost. */
function writeFully(block: Buffer): void {
  for (let from = 0; from < block.length;) {
    try {
      from += writeSync(1, block, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/** Ignored signals survive exec, so the sleeper itself ignores them; it tells its pid when it does. */
async function forkStubborn(how: Fork): Promise<string> {
  const output = how.holdOutput ? 'inherit' : 'ignore';
  const sleeper = `trap '' TERM INT HUP; echo $$ >&3; exec sleep 100000 3>&-`;
  const script = how.loseParent ? `sh -c "$0" &` : 'eval "$0"';
  const child = spawn('/bin/sh', ['-c', script, sleeper], {
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
    ...(how.clearEnvironment ? { env: {} } : {}),
  });
  const exits = once(child, 'exit');
  const armed = child.stdio[3] as Readable;
  const [pid] = (await once(armed, 'data')) as [Buffer];
  armed.destroy();
  if (how.loseParent) await exits;
  child.unref();
  return pid.toString().trim();
}

function fileAppears(path: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!existsSync(path)) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(join(path, '..'), look);
    look();
  });
}
