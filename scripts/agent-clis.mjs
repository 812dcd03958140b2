// The agent CLIs that `npm run test:agents` drives, installed from npm into node_modules/.cache/agent-clis when they
// are not there. Pinned: what a newer one does is looked at on purpose, with SAGE_CLAUDE=/path/to/claude.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CLAUDE = '2.1.329';

/** Answers variables that name the programs, for the tests. */
export function installAgentClis(root) {
  if (process.env.SAGE_CLAUDE) return { SAGE_CLAUDE: process.env.SAGE_CLAUDE };
  const folder = join(root, 'node_modules/.cache/agent-clis', `claude-${CLAUDE}`);
  // The package for this platform holds the program itself: no install script needs to run.
  const { platform, arch } = process;
  const claude = join(folder, `node_modules/@anthropic-ai/claude-code-${platform}-${arch}/claude`);
  if (!existsSync(claude)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status } = spawnSync('npm', [...npm, `@anthropic-ai/claude-code@${CLAUDE}`], {
      cwd: folder,
      stdio: 'inherit',
    });
    if (status !== 0 || !existsSync(claude)) {
      console.error(`Claude Code ${CLAUDE} could not be installed into ${folder}.`);
      process.exit(1);
    }
  }
  return { SAGE_CLAUDE: claude };
}
