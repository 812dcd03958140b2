import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AgentChannel } from '../rig/agent-channel.js';
import { executable, makeHome, repositoryRoot } from '../rig/home.js';
import { killProcessesOf } from '../rig/processes.js';
import { Terminal, type TerminalSize } from '../rig/terminal.js';
import { ticketIndexText, type TicketDraft } from '../rig/tickets.js';

/** How the window looks to whoever works in it: a shell in `~/shop`. */
const PROMPT = '\\w $ ';

/** Of the commit that the run starts from: its name is the same in every picture. */
const DATE = '2025-10-12T09:15:00Z';

/** The project's own check. While the file that SHOP_HOLD names is there it waits, so that a landing can be looked at. */
const CHECK = `import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
const hold = process.env.SHOP_HOLD;
test('the shop sells', async () => {
  if (existsSync(hold)) {
    const watcher = watch(dirname(hold));
    await new Promise((resolve) => {
      const look = () => existsSync(hold) || resolve();
      watcher.on('change', look);
      look();
    });
    watcher.close();
  }
});
`;

/** A project in a home of its own, with a shell in a terminal, agents that a story holds in its hand, and the program. */
export class Stage implements AsyncDisposable {
  readonly agent: AgentChannel;
  readonly #root: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #shop: string;
  readonly #hold: string;
  readonly #terminals: Terminal[] = [];

  private constructor(
    root: string,
    home: string,
    env: Record<string, string>,
    agent: AgentChannel,
  ) {
    this.#root = root;
    this.#shop = join(home, 'shop');
    this.#hold = join(home, 'held', 'checks');
    this.#env = { ...env, SHOP_HOLD: this.#hold };
    this.agent = agent;
  }

  static async create(tickets: readonly TicketDraft[]): Promise<Stage> {
    const root = realpathSync(await mkdtemp(join(tmpdir(), 'sage-pictures-')));
    const { places, env } = await makeHome(root);
    const sage = join(repositoryRoot, 'bin/sage');
    await executable(join(places.bin, 'sage'), `exec node "${sage}" "$@"`);
    const channel = await AgentChannel.open(join(places.agents, 'agent.sock'));
    const stage = new Stage(root, places.home, env, channel);
    stage.#plant(tickets);
    return stage;
  }

  #plant(tickets: readonly TicketDraft[]): void {
    mkdirSync(dirname(this.#hold));
    this.#write('README.md', '# A shop\n');
    this.#write('test/shop.test.mjs', CHECK);
    this.#write('.gitignore', '.sage/*\n!.sage/tickets/\n!.sage/config.yaml\n');
    this.#write('.sage/tickets/index.json', ticketIndexText(tickets));
    this.#write('.sage/config.yaml', CONFIGURATION);
    this.#git('init', '--quiet', '--initial-branch=main');
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--message', 'A shop');
    this.#git('switch', '--quiet', '--create', 'autumn');
  }

  #write(path: string, text: string): void {
    const file = join(this.#shop, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  #git(...words: readonly string[]): void {
    const dates = { GIT_AUTHOR_DATE: DATE, GIT_COMMITTER_DATE: DATE };
    execFileSync('git', words, { cwd: this.#shop, env: { ...this.#env, ...dates } });
  }

  /** A shell in the project, as a person has it before them. */
  async shell(size: TerminalSize): Promise<Terminal> {
    mkdirSync(this.#shop, { recursive: true });
    const place = {
      cwd: this.#shop,
      env: { ...this.#env, TERM: 'xterm-256color', PS1: PROMPT, PWD: this.#shop },
    };
    const terminal = new Terminal('bash', ['--norc', '--noprofile', '--noediting'], place, size);
    this.#terminals.push(terminal);
    await terminal.says('~/shop $');
    return terminal;
  }

  /** From now on checks wait. */
  holdChecks(): void {
    writeFileSync(this.#hold, '');
  }

  releaseChecks(): void {
    rmSync(this.#hold, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.releaseChecks();
    killProcessesOf(this.#root);
    await Promise.all(this.#terminals.map(({ exited }) => exited));
    await this.agent.close();
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const CONFIGURATION = `agent: scripted
agents:
  scripted: { kind: command, command: [test-agent], prompt: stdin }
verify: [node --test]
land: { slots: 1 }
conflicts: { attempts: 0 }
notify: { bell: false }
`;
