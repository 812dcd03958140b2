import { afterAll, expect } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { EventType, RunEvent } from '../../lib/model/event.js';
import { brokenClaims } from '../conformance/broken-claims.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { AgentChannel } from './agent-channel.js';
import type { AgentScript, CallRecord } from './agent-main.js';
import { readCalls, type FinishedCall } from './calls.js';
import { executable, makeHome, repositoryRoot, type RigPlaces } from './home.js';
import { killProcessesOf, processesOf, type RigProcess } from './processes.js';
import { Program, type ProgramEnd } from './program.js';
import { readJournal, runsOf } from './read-journal.js';
import { snapshot, type Snapshot } from './snapshot.js';
import './suppressed-error.js';
import { readStreamEnd, type StreamEnd } from './stream-end.js';
import { Terminal, type TerminalSize } from './terminal.js';
import { ticketIndexText, type IndexTicket, type TicketDraft } from './tickets.js';
import { troubleReport } from './trouble-report.js';
import { until, waitsInVain } from './within.js';

export interface RigOptions {
  /** Name of the checkout's folder: give spaces or other scripts to try those. Default `project`. */
  readonly name?: string;
  /** The branch checked out. Default `main`. */
  readonly branch?: string;
  /** Whether git tracks `.sage/` or ignores it. Default `tracked`. */
  readonly sage?: 'tracked' | 'ignored';
  /** Files of the first commit, beside a README. */
  readonly files?: Readonly<Record<string, string>>;
  /** The only system programs on the PATH beside node and git. Default: all of `/usr/bin` and `/bin`. */
  readonly programs?: readonly string[];
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A program and arguments to start it through: `taskset -c 0`. */
  readonly via?: readonly string[];
}

/** What a rig can forgive when it is put away; nothing by default. */
type Tolerance = 'temporary files' | 'processes' | 'journal' | 'claims';

/** As real users do who want their tickets in the history, and not the logs beside them. */
const TRACKED = '.sage/*\n!.sage/tickets/\n!.sage/config.yaml\n';

const open = new Set<Rig>();
afterAll(async () => {
  // A test that timed out never reached the end of its `await using`.
  for (const rig of open) await rig[Symbol.asyncDispose]();
});

/**
 * A whole world for one test: a home, a bare origin, a checkout and test agents on the PATH, in a temporary folder.
 * `await using rig = await Rig.create()`. When it goes away it fails the test if the program left a process or a
 * temporary file behind or wrote a journal that breaks an invariant; after a failure it prints what it knows.
 */
export class Rig implements AsyncDisposable {
  readonly places: RigPlaces;
  readonly env: Record<string, string>;
  readonly origin: string;
  /** The user's checkout. */
  readonly checkout: string;
  readonly agent: AgentChannel;
  readonly options: Required<Pick<RigOptions, 'sage' | 'branch'>>;
  readonly #programs: Program[] = [];
  readonly #terminals: Terminal[] = [];
  readonly #tolerated = new Set<Tolerance>();
  readonly #waitsInVain = waitsInVain();

  private constructor(
    places: RigPlaces,
    env: Record<string, string>,
    checkout: string,
    agent: AgentChannel,
    options: RigOptions,
  ) {
    this.places = places;
    this.env = env;
    this.origin = join(places.root, 'origin.git');
    this.checkout = checkout;
    this.agent = agent;
    this.options = { sage: options.sage ?? 'tracked', branch: options.branch ?? 'main' };
  }

  static async create(options: RigOptions = {}): Promise<Rig> {
    const root = realpathSync(await mkdtemp(join(tmpdir(), 'sage-test-')));
    const { places, env } = await makeHome(root, options.programs);
    const channel = await AgentChannel.open(join(places.agents, 'agent.sock'));
    const rig = new Rig(places, env, join(root, options.name ?? 'project'), channel, options);
    open.add(rig);
    await rig.#plant(options);
    return rig;
  }

  async #plant(options: RigOptions): Promise<void> {
    await this.#run('git', ['init', '--quiet', '--bare', this.origin], this.places.root);
    await this.#run('git', ['init', '--quiet', this.checkout], this.places.root);
    await this.write({
      'README.md': '# A project under test\n',
      '.gitignore': this.options.sage === 'ignored' ? '.sage/\n' : TRACKED,
      ...options.files,
    });
    await this.git('remote', 'add', 'origin', this.origin);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', 'start');
    await this.git('push', '--quiet', '--set-upstream', 'origin', 'main');
    if (this.options.branch !== 'main') {
      await this.git('switch', '--quiet', '--create', this.options.branch);
    }
  }

  /** Writes `.sage/tickets/index.json` in a real index's style, committed where `.sage/` is tracked. */
  async tickets(drafts: readonly TicketDraft[], style: 'jq' | 'python' = 'jq'): Promise<void> {
    await this.write({ '.sage/tickets/index.json': ticketIndexText(drafts, style) });
    await this.#commitSage('tickets');
  }

  /** Writes `.sage/config.yaml`; the scripted test agent and `verify: none` where `keys` does not say otherwise. */
  async config(keys: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const scripted = { kind: 'command', command: ['test-agent'], prompt: 'stdin' };
    const all = { agent: 'scripted', agents: { scripted }, verify: 'none', ...keys };
    await this.write({ '.sage/config.yaml': stringify(all) });
    await this.#commitSage('configuration');
  }

  async #commitSage(what: string): Promise<void> {
    if (this.options.sage === 'ignored') return;
    await this.git('add', '.sage');
    await this.git('commit', '--quiet', '--message', what, '--', '.sage');
  }

  /** From now on agents follow this script instead of asking the test. */
  async script(script: AgentScript): Promise<void> {
    await writeFile(join(this.places.agents, 'script.json'), JSON.stringify(script));
  }

  /** Writes files of the checkout. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const target = join(this.checkout, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }

  /** A file of the checkout. */
  read(path: string): string {
    return readFileSync(join(this.checkout, path), 'utf8');
  }

  /** Puts an executable shell script first on the PATH. */
  async program(name: string, script: string): Promise<void> {
    await rm(join(this.places.bin, name), { force: true });
    await executable(join(this.places.bin, name), script);
  }

  /** git in the checkout, as the user would call it; its output without the last newline. Throws when it fails. */
  git(...args: readonly string[]): Promise<string> {
    return this.#run('git', args, this.checkout);
  }

  /** Files of a commit, without those under `.sage/` and the ignore file. */
  async filesOf(revision: string): Promise<readonly string[]> {
    const names = await this.git('ls-tree', '-r', '-z', '--name-only', revision);
    return names.split('\0').filter((name) => name !== '' && !/^\.(sage\/|gitignore$)/.test(name));
  }

  /** Runs the built program to its end. */
  run(...args: readonly string[]): Promise<ProgramEnd> {
    return this.start(...args).wait();
  }

  /** Runs `stream --auto --json` to its end and reads what it told. Throws when it told no summary. */
  async stream(...flags: readonly string[]): Promise<StreamEnd> {
    return readStreamEnd(await this.run('stream', '--auto', '--json', ...flags));
  }

  /** Starts the built program in the checkout. */
  start(...args: readonly string[]): Program {
    return this.startWith({}, ...args);
  }

  /** A command line as the user would type it; `sage` is the built program. */
  async shell(command: string): Promise<ProgramEnd> {
    await this.program('sage', `exec node "${join(repositoryRoot, 'bin/sage')}" "$@"`);
    const program = new Program('sh', ['-c', command], this.checkout, this.env);
    this.#programs.push(program);
    return program.wait();
  }

  /** Starts it with more variables, in another folder than the checkout's top, or through another program. */
  startWith(how: StartOptions, ...args: readonly string[]): Program {
    const sage = join(repositoryRoot, 'bin/sage');
    if (!existsSync(join(repositoryRoot, 'dist/bundle/sage.parts'))) {
      throw new Error('the rig runs the built program: npm run build');
    }
    const env = { ...this.env, ...how.env };
    const [file = '', ...rest] = [...(how.via ?? []), process.execPath, sage, ...args];
    const program = new Program(file, rest, how.cwd ?? this.checkout, env);
    this.#programs.push(program);
    return program;
  }

  /** Starts it in a terminal, as a person would. */
  terminal(size: TerminalSize, ...args: readonly string[]): Terminal {
    return this.terminalSage(size, {}, ...args);
  }

  /** The same with more variables. */
  terminalSage(
    size: TerminalSize,
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Terminal {
    return this.terminalWith(
      size,
      env,
      process.execPath,
      join(repositoryRoot, 'bin/sage'),
      ...args,
    );
  }

  /** A terminal with any program in it: a shell, say. */
  terminalWith(
    size: TerminalSize,
    env: Readonly<Record<string, string>>,
    file: string,
    ...args: readonly string[]
  ): Terminal {
    const place = { cwd: this.checkout, env: { ...this.env, TERM: 'xterm-256color', ...env } };
    const terminal = new Terminal(file, args, place, size);
    this.#terminals.push(terminal);
    return terminal;
  }

  /** Events of the newest run, or of the one named. */
  journal(run?: string): readonly RunEvent[] {
    return readJournal(this.gitDir, run);
  }

  /** Waits until the newest journal holds such an event. */
  event<Type extends EventType>(
    type: Type,
    isIt: (event: Extract<RunEvent, { type: Type }>) => boolean = () => true,
    limitMs = 20_000,
  ): Promise<Extract<RunEvent, { type: Type }>> {
    const look = () =>
      this.journal()
        .filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type)
        .find(isIt);
    const seen = () => this.journal().map((event) => event.type);
    return until(look, limitMs, () => `no ${type}; the journal ends ${seen().slice(-8).join(' ')}`);
  }

  get gitDir(): string {
    return join(this.checkout, '.git');
  }

  /** Hashes of everything in the checkout that a run must not touch. */
  snapshot(): Snapshot {
    return snapshot(this.checkout);
  }

  /** The index's tickets by id, as the file says now. */
  index(): Readonly<Record<string, IndexTicket>> {
    const text = this.read('.sage/tickets/index.json');
    const { tickets } = JSON.parse(text) as { tickets: readonly IndexTicket[] };
    return Object.fromEntries(tickets.map((ticket) => [ticket.id, ticket]));
  }

  /** Ticket id → state. */
  states(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.values(this.index()).map(({ id, state }) => [id, state]));
  }

  /** Every call of a test agent so far, with when it began and ended. */
  calls(): readonly FinishedCall[] {
    const file = join(this.places.agents, 'calls.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return readCalls(lines.map((line) => JSON.parse(line) as CallRecord));
  }

  processes(): readonly RigProcess[] {
    return processesOf(this.places.root);
  }

  /** Forgives what a test provokes on purpose; say why beside the call. */
  tolerate(what: Tolerance): void {
    this.#tolerated.add(what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!open.delete(this)) return;
    const { numPassingAsserts, assertionCalls } = expect.getState();
    const hasFailed = numPassingAsserts !== assertionCalls || waitsInVain() !== this.#waitsInVain;
    const faults = hasFailed ? [] : await this.#faults();
    try {
      if (hasFailed || faults.length > 0) {
        const programs = this.#programs;
        process.stderr.write(troubleReport(this.processes(), programs, this.journal()));
      }
    } finally {
      killProcessesOf(this.places.root);
      await Promise.all([...this.#programs, ...this.#terminals].map(({ exited }) => exited));
      await this.agent.close();
      await rm(this.places.root, { recursive: true, force: true, maxRetries: 5 });
    }
    if (faults.length > 0) throw new Error(`the rig was left in disorder:\n${faults.join('\n')}`);
  }

  async #faults(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const program of this.#programs.filter(({ end }) => !end)) {
      faults.push(`the test did not wait for the end of "${program.name}"`);
    }
    for (const { end, pid } of this.#terminals) {
      if (!end) faults.push(`the test did not wait for the end of the terminal of ${pid}`);
    }
    if (faults.length === 0 && !this.#tolerated.has('processes')) {
      faults.push(...(await this.#leftProcesses()));
    }
    if (!this.#tolerated.has('temporary files')) {
      faults.push(...readdirSync(this.places.tmp).map((name) => `temporary file left: ${name}`));
    }
    if (!this.#tolerated.has('journal')) {
      for (const run of runsOf(this.gitDir)) {
        const broken = checkInvariants(this.journal(run));
        faults.push(...broken.map((fault) => `journal of ${run}: ${fault}`));
      }
    }
    if (faults.length === 0 && !this.#tolerated.has('claims')) {
      faults.push(...(await brokenClaims(this.checkout, this.env)));
    }
    return faults;
  }

  /** The last process of a run may still be leaving when the run's own process is gone. */
  async #leftProcesses(): Promise<readonly string[]> {
    try {
      await until(
        () => (this.processes().length === 0 ? true : undefined),
        2_000,
        () => 'processes left',
      );
      return [];
    } catch {
      return this.processes().map(({ pid, command }) => `process left: ${pid} ${command}`);
    }
  }

  async #run(file: string, args: readonly string[], cwd: string): Promise<string> {
    const { stdout } = await promisify(execFile)(file, args, {
      cwd,
      env: this.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.replace(/\n$/, '');
  }
}
