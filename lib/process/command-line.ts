import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A living process by what it was called with. */
export interface CommandLine {
  readonly pid: number;
  /** Its words, a space between them. */
  readonly command: string;
}

/** The living processes, this one left out, that have `text` in their command line or, on Linux, work in such a folder. */
export async function commandLinesWith(text: string): Promise<readonly CommandLine[]> {
  const all = process.platform === 'linux' ? await fromProc(text) : await fromPs(text);
  return all.filter(({ pid }) => pid !== process.pid);
}

async function fromProc(text: string): Promise<CommandLine[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
        // None: a zombie, or a thread of the kernel.
        if (command === '') return [];
        const words = command.replaceAll('\0', ' ').trim();
        const isIt = words.includes(text) || (await readlink(`/proc/${pid}/cwd`)).includes(text);
        return isIt ? [{ pid: Number(pid), command: words }] : [];
      } catch {
        return []; // it ended meanwhile, or is another user's
      }
    }),
  );
  return found.flat();
}

async function fromPs(text: string): Promise<CommandLine[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return command?.includes(text) ? [{ pid: Number(pid), command }] : [];
  });
}
