import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A compiled program that runs as a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Everything that it printed so far. */
  said(): string;
  /** Waits until it printed `text`; rejects when it ends without. */
  saying(text: string): Promise<void>;
  /** Closes its input and waits for its end; answers what it printed. */
  finish(): Promise<string>;
  /** Ends it the hard way, also when it is stopped. */
  kill(): Promise<void>;
}

export function startChild(program: URL, ...args: readonly string[]): Child {
  const file = fileURLToPath(program);
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close');
  let output = '';
  let changed: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    changed();
  });
  void exited.then(() => {
    changed();
  });
  return {
    process: child,
    pid: child.pid ?? -1,
    said: () => output,
    async saying(text) {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`${file} ended, having said: ${output}`);
        await new Promise<void>((resolve) => (changed = resolve));
      }
    },
    async finish() {
      child.stdin.end();
      await exited;
      return output;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
