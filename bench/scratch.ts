import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Summary } from '../lib/model/summary.js';

const run = promisify(execFile);

/** Top of the project that is measured: two levels above `dist/bench`. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const sageBin = join(projectRoot, 'bin/sage');

/** A ticket of a scratch queue. */
export interface ScratchTicket {
  readonly id: string;
  readonly dependencies?: readonly string[];
  readonly points?: number;
}

/** A repository of its own in a temporary folder, with a home that nothing else is in. */
export interface Scratch extends AsyncDisposable {
  /** Real path. */
  readonly root: string;
  readonly checkout: string;
  readonly env: Readonly<Record<string, string>>;
  /** git in `cwd` (default: the checkout); its output without the last newline. */
  git(args: readonly string[], options?: { input?: string; cwd?: string }): Promise<string>;
  /** Writes and commits a queue, the one agent that works on it: `sh -c agent`, and more configuration. */
  queue(tickets: readonly ScratchTicket[], agent: string, more?: object): Promise<void>;
  /** Starts `sage stream --auto` with these flags, and waits for its end. Throws when it ends with another code. */
  stream(
    flags: readonly string[],
    onStart?: (pid: number) => void,
    expected?: number,
  ): Promise<StreamEnd>;
}

export interface StreamEnd {
  /** From the start of the program to its end, milliseconds. */
  readonly wallMs: number;
  readonly summary: Summary;
}

/**
 * A repository of `files` files in folders of 40, one commit; `isEmpty` leaves the checkout without them. `more`: further
 * variables.
 */
export async function createScratch(
  files: number,
  isEmpty = false,
  more: Readonly<Record<string, string>> = {},
): Promise<Scratch> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'sage-bench-')));
  const checkout = join(root, 'project');
  const env = { ...(await makeHome(root)), ...more };
  const git: Scratch['git'] = (args, options = {}) =>
    output('git', args, { cwd: options.cwd ?? checkout, env, input: options.input ?? '' });
  const dispose = () => rm(root, { recursive: true, force: true, maxRetries: 5 });
  try {
    await mkdir(checkout);
    await git(['init', '-q', '-b', 'main']);
    await git(['fast-import', '--quiet'], { input: firstCommit(files) });
    if (!isEmpty) await git(['reset', '-q', '--hard']);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    root,
    checkout,
    env,
    git,
    async queue(tickets, agent, more = {}) {
      await mkdir(join(checkout, '.sage/tickets'), { recursive: true });
      await writeFile(join(checkout, '.sage/tickets/index.json'), indexText(tickets));
      const agents = { bench: { kind: 'command', command: ['sh', '-c', agent], prompt: 'file' } };
      const config = { agent: 'bench', agents, verify: 'none', ...more };
      await writeFile(join(checkout, '.sage/config.yaml'), stringify(config));
      await git(['add', '.sage']);
      await git(['commit', '-q', '-m', 'queue']);
    },
    async stream(flags, onStart, expected = 0) {
      const started = performance.now();
      const program = spawn(process.execPath, [sageBin, 'stream', '--auto', '--quiet', ...flags], {
        cwd: checkout,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      program.stderr.on(
        'data',
        (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)),
      );
      if (program.pid !== undefined) onStart?.(program.pid);
      const [code] = (await once(program, 'close')) as [number | null];
      const wallMs = performance.now() - started;
      const summary = await lastSummary(checkout);
      if (code !== expected || !summary)
        throw new Error(`sage ended with ${String(code)}: ${said}`);
      return { wallMs, summary };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function makeHome(root: string): Promise<Record<string, string>> {
  const home = join(root, 'home');
  const temporary = join(root, 'tmp');
  await mkdir(home);
  await mkdir(temporary);
  const config = join(home, '.gitconfig');
  await writeFile(config, '[user]\n\tname = Bench\n\temail = bench@example.org\n');
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    TMPDIR: temporary,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
    LANG: 'C.UTF-8',
  };
}

/** For `git fast-import`: files of some thirty lines, no two alike. */
function firstCommit(files: number): string {
  const parts = [
    'commit refs/heads/main\ncommitter Bench <bench@example.org> 1763712000 +0000\ndata 5\nstart\n',
  ];
  for (let number = 0; number < files; number += 1) {
    const lines = Array.from({ length: 30 }, (_, line) => `export const v${line} = ${number};\n`);
    const text = lines.join('');
    parts.push(`M 100644 inline ${pathOf(number)}\ndata ${text.length}\n${text}\n`);
  }
  return parts.join('');
}

const pathOf = (number: number) =>
  `src/part-${Math.floor(number / 1_600)}/group-${Math.floor(number / 40)}/file-${number}.ts`;

function indexText(tickets: readonly ScratchTicket[]): string {
  const entries = tickets.map(({ id, dependencies = [], points }) => ({
    id,
    title: `Ticket ${id}`,
    state: 'UNPROCESSED',
    priority: 'P1',
    type: 'implementation',
    dependencies,
    ...(points === undefined ? {} : { effort_sp: points }),
  }));
  return `${JSON.stringify({ version: '1.0', tickets: entries }, undefined, 2)}\n`;
}

async function lastSummary(checkout: string): Promise<Summary | undefined> {
  const runs = join(checkout, '.git/sage/runs');
  const last = (await readdir(runs).catch(() => [])).sort().at(-1);
  if (last === undefined) return undefined;
  const text = await readFile(join(runs, last, 'summary.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Summary);
}

/** Runs a program; throws what it said when it fails. */
export async function output(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>>; input?: string },
): Promise<string> {
  const started = run(file, args, {
    cwd: options.cwd,
    env: options.env,
    maxBuffer: 256 * 1024 * 1024,
  });
  started.child.stdin?.on('error', () => undefined);
  started.child.stdin?.end(options.input ?? '');
  return (await started).stdout.replace(/\n$/, '');
}
