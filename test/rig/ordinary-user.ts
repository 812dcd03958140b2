import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rig } from './rig.js';

/**
 * A user whom a limit on processes binds, which root is not. Whoever is not root stays who they are; root hands the rig
 * to a user of this one test, who has no name and no other process. Made when the rig is laid out.
 */
export class OrdinaryUser {
  /** For `startWith`: what starts the program as that user. */
  readonly via: readonly string[] = [];

  constructor(rig: Rig) {
    if (process.getuid?.() !== 0) return;
    const user = 1_000_000 + process.pid;
    // The rest of the test goes on as root, in repositories of somebody else.
    appendFileSync(join(rig.places.home, '.gitconfig'), '[safe]\n\tdirectory = *\n');
    execFileSync('chown', ['-R', `${user}:${user}`, rig.places.root]);
    this.via = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--'];
  }

  /**
   * From now on that process of theirs can start no further one (fork says EAGAIN) until what is answered is called;
   * what it started before, and what that starts, is not touched. Needs prlimit: Linux.
   */
  noProcessLeft(pid: number): () => void {
    const prlimit = (...args: readonly string[]) => {
      const [file = '', ...rest] = [...this.via, 'prlimit', '--pid', `${pid}`, ...args];
      return execFileSync(file, rest, { encoding: 'utf8' });
    };
    const [soft = ''] = prlimit('--nproc', '--raw', '--noheadings', '--output', 'SOFT').split('\n');
    prlimit('--nproc=1:');
    return () => void prlimit(`--nproc=${soft}:`);
  }
}
