import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunProcess, type Leash } from '../../lib/process/run-process.js';
import type { ProcessEnd, ProcessSpec } from '../../lib/process/process-spec.js';
import { sweepMarker } from '../../lib/process/sweep.js';

let made = 0;

/** A temp folder and a marker of its own for programs that misbehave; {@link Hostile.clean} leaves nothing alive. */
export class Hostile {
  readonly folder = mkdtempSync(join(tmpdir(), 'sage-test-'));
  readonly marker = `test-${process.pid}-${(made += 1)}`;
  readonly log = join(this.folder, 'logs', 'output.log');

  run(spec: Partial<ProcessSpec> & Pick<ProcessSpec, 'file'>, warden?: Leash): Promise<ProcessEnd> {
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    return createRunProcess({ clock, ...(warden ? { warden } : {}) })({
      args: [],
      cwd: this.folder,
      env: { PATH: process.env['PATH'] ?? '', D: this.folder },
      log: this.log,
      marker: `${this.marker}/T-1/1`,
      ...spec,
    });
  }

  /** `sh -c`; `$D` is the folder. */
  sh(script: string, spec: Partial<ProcessSpec> = {}): Promise<ProcessEnd> {
    return this.run({ file: 'sh', args: ['-c', script], ...spec });
  }

  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text);
    return join(this.folder, name);
  }

  text(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** The pids that programs wrote to the file `pids`, one a line, once there are `count`. */
  async pids(count: number): Promise<number[]> {
    const read = () =>
      spawnSync('cat', [join(this.folder, 'pids')], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter((line) => line !== '')
        .map(Number);
    await until(() => read().length >= count, `${count} pids`);
    return read();
  }

  async clean(): Promise<void> {
    await sweepMarker(this.marker, 0);
    try {
      for (const pid of readFileSync(join(this.folder, 'pids'), 'utf8').split('\n')) {
        // What cleared its environment and got away is told by the folder's name on its command line.
        const command = pid === '' ? '' : commandOf(Number(pid));
        if (command.includes(this.folder)) process.kill(Number(pid), 'SIGKILL');
      }
    } catch {
      // No pids were written, or they are gone.
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function commandOf(pid: number): string {
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}

/** Whether a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** Waits for a fact of the operating system that tells no event. */
export async function until(fact: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!fact()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
