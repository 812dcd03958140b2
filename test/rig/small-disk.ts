import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentCall } from './agent-call.js';
import type { ProgramEnd } from './program.js';
import { Rig } from './rig.js';

/** How large: bytes and files that it takes. */
export interface DiskSize {
  readonly bytes?: number;
  readonly inodes?: number;
}

/**
 * A file system of its own at a folder, which keeps what lies there, in memory and small, so that a test can fill it or write-protect it. Needs root
 * on Linux; says so when it cannot be had. `await using` after the rig: it must be gone before the rig's folders are.
 */
export class SmallDisk implements Disposable {
  readonly #at: string;

  constructor(at: string, { bytes = 16 * 1024 * 1024, inodes = 20_000 }: DiskSize = {}) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      throw new Error('this test mounts a small disk: it needs root on Linux');
    }
    this.#at = at;
    mkdirSync(at, { recursive: true });
    const aside = mkdtempSync(join(tmpdir(), 'sage-test-disk-'));
    const whole = { recursive: true, preserveTimestamps: true } as const;
    try {
      cpSync(at, aside, whole);
      mount('-t', 'tmpfs', '-o', `size=${bytes},nr_inodes=${inodes},mode=0755`, 'sage-test', at);
      cpSync(aside, at, whole);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  }

  /** Leaves no byte. */
  fill(): void {
    const file = openSync(join(this.#at, 'filler'), 'a');
    // Ever smaller pieces, until not even a byte finds room.
    for (let size = 1024 * 1024; size >= 1;) {
      try {
        writeSync(file, Buffer.alloc(size, 'x'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
    }
    fsyncSync(file);
    closeSync(file);
  }

  /** Leaves room for no further file. */
  fillInodes(): void {
    const folder = join(this.#at, 'fillers');
    mkdirSync(folder);
    for (let count = 0; ; count += 1) {
      try {
        closeSync(openSync(join(folder, String(count)), 'w'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        return;
      }
    }
  }

  /** Gives back what was filled. */
  empty(): void {
    rmSync(join(this.#at, 'filler'), { force: true });
    rmSync(join(this.#at, 'fillers'), { recursive: true, force: true });
  }

  /** From now on whoever opens something there cannot write; what is open already can. */
  protect(): void {
    mount('--bind', this.#at, this.#at);
    mount('-o', 'remount,bind,ro', this.#at);
  }

  release(): void {
    spawnSync('umount', ['--lazy', this.#at]);
  }

  [Symbol.dispose](): void {
    // The protection lies over it, if there is one.
    while (spawnSync('umount', ['--lazy', this.#at]).status === 0);
  }
}

/** Does the work of a ticket and reports at such length that the end of the call fills more than the journal's last page. */
export async function workAtLength(call: AgentCall): Promise<void> {
  const report = { kind: 'follow-up', title: 'Go on', description: 'x'.repeat(4_000) };
  const line = `printf '%s\\n' '${JSON.stringify(report)}' >> "$SAGE_OUTBOX"`;
  await call.do({ write: { [`${call.ticket}.txt`]: 'done\n' } });
  await call.do({ shell: `${line}\n${line}` });
}

/** A run whose agent of A has done its work when the disk is spoilt, and how that run ended. */
export async function endSpoilt(rig: Rig, spoil: () => void): Promise<ProgramEnd> {
  const run = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  await workAtLength(call);
  spoil();
  await call.exit();
  return run.wait();
}

/** A rig with sound tickets on a branch. */
export async function preparedRig(branch: string, ...ids: readonly string[]): Promise<Rig> {
  const rig = await Rig.create({ branch });
  await rig.tickets(ids.map((id) => ({ id })));
  await rig.config();
  return rig;
}

function mount(...args: readonly string[]): void {
  const done = spawnSync('mount', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`mount ${args.join(' ')}: ${done.stderr}`);
}
