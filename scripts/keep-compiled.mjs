// Keeps what V8 compiled of the bundle in dist/bundle/sage.parts.v8-VERSION; another version of V8 does without.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The calls that should start quickly. */
const CALLS = [
  '--help',
  'stream --dry-run',
  'status',
  'runs',
  'logs SAMPLE-003',
  'stop',
  'config',
  'retry SAMPLE-004',
];

/**
 * Makes calls in a small repository that has a run behind it, and keeps all that they needed compiled. Without git there
 * is none, only a wait.
 */
export function keepCompiled(root) {
  const folder = mkdtempSync(join(tmpdir(), 'sage-build-'));
  const project = join(folder, 'project');
  try {
    const run = (file, ...args) => {
      const { status, stderr } = spawnSync(file, args, {
        cwd: project,
        env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      if (status !== 0) console.error(String(stderr));
      return status === 0;
    };
    mkdirSync(join(project, '.sage/tickets'), { recursive: true });
    writeFileSync(
      join(folder, '.gitconfig'),
      '[user]\nname = build\nemail = build@example.invalid\n',
    );
    writeFileSync(join(project, '.sage/tickets/index.json'), sampleIndex());
    writeFileSync(join(project, '.sage/config.yaml'), JSON.stringify(SAMPLE_CONFIG));
    const isDone =
      run('git', 'init', '--quiet') &&
      run('git', 'commit', '--quiet', '--allow-empty', '-m', 'empty') &&
      run(
        process.execPath,
        join(root, 'bin/sage'),
        'stream',
        '--auto',
        '--quiet',
        '--only=SAMPLE-003',
      ) &&
      run(
        process.execPath,
        join(root, 'scripts/compile-bundle.cjs'),
        join(root, 'dist/bundle/sage.parts'),
        ...CALLS,
      );
    if (!isDone)
      console.error('The bundle is not kept compiled: every call will start more slowly.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SAMPLE_CONFIG = {
  agent: 'sample',
  agents: { sample: { kind: 'command', command: ['sh', '-c', 'echo made > made.txt'] } },
  verify: 'none',
};

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
