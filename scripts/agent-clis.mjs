// The agent CLIs that `npm run test:agents` drives, installed from npm into node_modules/.cache/agent-clis when they
// are not there. Pinned: what a newer one does is looked at on purpose, with SAGE_CLAUDE=/path/to/claude.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CLAUDE = '2.1.329';

/** Answers variables that name the programs, for the tests. Ends the process with 1 when one cannot be had. */
export function installAgentClis(root) {
  if (process.env.SAGE_CLAUDE) return { SAGE_CLAUDE: process.env.SAGE_CLAUDE };
  const cache = join(root, 'node_modules/.cache/agent-clis');
  const folder = join(cache, `claude-${CLAUDE}`);
  // The package for this platform holds the program itself: no install script needs to run.
  const { platform, arch } = process;
  const claude = join(`node_modules/@anthropic-ai/claude-code-${platform}-${arch}`, 'claude');
  if (!existsSync(join(folder, claude))) install(cache, folder, claude);
  return { SAGE_CLAUDE: join(folder, claude) };
}

/** Into a folder of its own, renamed when all is there: an install that was cut off is never taken for one. */
function install(cache, folder, claude) {
  console.log(`installing Claude Code ${CLAUDE} into ${folder}`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    writeFileSync(join(draft, 'package.json'), '{"private":true}\n');
    const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status } = spawnSync('npm', [...npm, `@anthropic-ai/claude-code@${CLAUDE}`], {
      cwd: draft,
      stdio: 'inherit',
    });
    if (status === 0 && existsSync(join(draft, claude))) take(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  if (existsSync(join(folder, claude))) return;
  console.error(
    `Claude Code ${CLAUDE} could not be installed into ${folder}: see what npm says above.\n` +
      'These tests drive the real program and do not run without it; SAGE_CLAUDE=/path/to/claude names another one.',
  );
  process.exit(1);
}

/** Another call may have been faster; its folder is as good. */
function take(draft, folder) {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
