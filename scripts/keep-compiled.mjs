// Keeps what V8 compiled of the bundle in dist/bundle/sage.js.v8-VERSION; another version of V8 does without.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs previews in a small repository and keeps all that they needed compiled. Without git there is none, only a wait. */
export function keepCompiled(root) {
  const folder = mkdtempSync(join(tmpdir(), 'sage-build-'));
  try {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    };
    const run = (file, ...args) =>
      spawnSync(file, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] }).status ===
      0;
    const author = ['-c', 'user.name=build', '-c', 'user.email=build@example.invalid'];
    mkdirSync(join(folder, '.sage/tickets'), { recursive: true });
    writeFileSync(join(folder, '.sage/tickets/index.json'), sampleIndex());
    const isDone =
      run('git', 'init', '--quiet') &&
      run('git', ...author, 'commit', '--quiet', '--allow-empty', '-m', 'empty') &&
      run(
        process.execPath,
        join(root, 'scripts/compile-bundle.cjs'),
        join(root, 'dist/bundle/sage.js'),
      );
    if (!isDone)
      console.error('The bundle is not kept compiled: every call will start more slowly.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Forty tickets with dependencies, shared files and points. */
function sampleIndex() {
  const name = (number) => `SAMPLE-${String(number).padStart(3, '0')}`;
  const tickets = Array.from({ length: 40 }, (_, number) => ({
    id: name(number),
    title: `Sample ${number}`,
    state: number < 3 ? 'COMPLETED' : 'UNPROCESSED',
    priority: `P${number % 3}`,
    type: 'implementation',
    dependencies: [3, 7]
      .filter((back) => number % back === 0 && number > back)
      .map((back) => name(number - back)),
    effort: [1, 3, 8][number % 3],
    targetFiles: [{ path: `src/part-${number % 9}.ts`, action: 'modify', purpose: '' }],
  }));
  return JSON.stringify({ version: '1.0', tickets }, undefined, 2);
}
