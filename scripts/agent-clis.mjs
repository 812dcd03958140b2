// The agent CLIs that `npm run test:agents` drives, installed from npm into node_modules/.cache/agent-clis when they
// are not there. Pinned: what a newer one does is looked at on purpose, with SAGE_CLAUDE=/path/to/claude and its like.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { platform, arch } = process;

/**
 * `program` is the place of what is started, below node_modules. No install script needs to run: where a package has a
 * program of its own for this platform, that is named.
 */
const CLIS = [
  {
    title: 'Claude Code',
    variable: 'SAGE_CLAUDE',
    package: '@anthropic-ai/claude-code',
    version: '2.1.329',
    program: `@anthropic-ai/claude-code-${platform}-${arch}/claude`,
  },
  {
    title: 'Codex',
    variable: 'SAGE_CODEX',
    package: '@openai/codex',
    version: '0.169.0',
    program: '@openai/codex/bin/codex.js',
  },
  {
    title: 'Gemini CLI',
    variable: 'SAGE_GEMINI',
    package: '@google/gemini-cli',
    version: '0.61.0',
    program: '@google/gemini-cli/bundle/gemini.js',
  },
  {
    title: 'OpenCode',
    variable: 'SAGE_OPENCODE',
    package: 'opencode-ai',
    version: '1.18.33',
    program: `opencode-${platform}-${arch}/bin/opencode`,
  },
];

/** Answers variables that name the programs, for the tests. Ends the process with 1 when one cannot be had. */
export function installAgentClis(root) {
  const cache = join(root, 'node_modules/.cache/agent-clis');
  const found = CLIS.map((cli) => [cli.variable, process.env[cli.variable] ?? have(cache, cli)]);
  return Object.fromEntries(found);
}

/** Where the program of a CLI lies, installed at the first call. */
function have(cache, cli) {
  const folder = join(cache, `${cli.package.split('/').at(-1)}-${cli.version}`);
  const program = join('node_modules', cli.program);
  if (!existsSync(join(folder, program))) install(cache, folder, program, cli);
  return join(folder, program);
}

/** Into a folder of its own, renamed when all is there: an install that was cut off is never taken for one. */
function install(cache, folder, program, cli) {
  const { title, variable, package: name, version } = cli;
  console.log(`installing ${title} ${version} into ${folder}`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    writeFileSync(join(draft, 'package.json'), '{"private":true}\n');
    const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status } = spawnSync('npm', [...npm, `${name}@${version}`], {
      cwd: draft,
      stdio: 'inherit',
    });
    if (status === 0 && existsSync(join(draft, program))) take(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  if (existsSync(join(folder, program))) return;
  console.error(
    `${title} ${version} could not be installed into ${folder}: see what npm says above.\n` +
      `These tests drive the real program and do not run without it; ${variable}=/path/to/it names another one.`,
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
