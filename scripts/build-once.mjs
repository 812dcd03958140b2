// A clone that was never built builds itself at its first call (ARCHITECTURE.md), saying so on standard error.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs what is missing and builds `root`; ends the process with 70 and the way out when that fails. */
export function buildOnce(root) {
  const lock = join(root, '.sage-building');
  if (!take(lock)) {
    console.error(`sage: another call is building ${root}; try again when it is done.`);
    process.exit(70);
  }
  console.error('sage: this clone was never built; building it once (about a minute) …');
  try {
    const steps = existsSync(join(root, 'node_modules')) ? [['run', 'build']] : [['ci']];
    for (const args of steps) {
      const { status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
      if (status !== 0) {
        console.error(`sage: the build failed. Run "npm ci" in ${root} and read what it says.`);
        process.exitCode = 70;
        break;
      }
    }
  } finally {
    rmdirSync(lock);
  }
  if (process.exitCode === 70) process.exit(70);
}

/** A folder is the lock; one older than ten minutes belongs to a build that died. */
function take(lock) {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (Date.now() - statSync(lock).mtimeMs < 600_000) return false;
    rmdirSync(lock);
    return take(lock);
  }
}
