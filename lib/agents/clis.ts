import type { AgentCliName } from '../model/agent-cli.js';
import type { AgentAdapter, CliSettings } from './adapter.js';
import { claudeAdapter } from './claude/adapter.js';
import { codexAdapter } from './codex/adapter.js';
import { geminiAdapter } from './gemini/adapter.js';
import { opencodeAdapter } from './opencode/adapter.js';

/** An agent CLI that has an adapter. */
interface AgentCli {
  /** Its name for people. */
  readonly title: string;
  /** What is looked for on the PATH. */
  readonly program: string;
  /** How it is installed, as a command line. */
  readonly install: string;
  /** Versions that its adapter is known to work with: `2.1` stands for all of 2.1. `sage validate` warns of others. */
  readonly knownVersions: readonly string[];
  /** What one call takes at its peak, where that is so much that few fit at once. */
  readonly memoryMiB?: number;
  adapter(settings: CliSettings): AgentAdapter;
}

/** One entry for each CLI: all that is known of it outside its own folder. */
export const agentClis: Readonly<Record<AgentCliName, AgentCli>> = {
  claude: {
    title: 'Claude Code',
    program: 'claude',
    install: 'npm install -g @anthropic-ai/claude-code',
    knownVersions: ['2.1'],
    adapter: claudeAdapter,
  },
  codex: {
    title: 'Codex',
    program: 'codex',
    install: 'npm install -g @openai/codex',
    knownVersions: ['0.169'],
    adapter: codexAdapter,
  },
  gemini: {
    title: 'Gemini CLI',
    program: 'gemini',
    install: 'npm install -g @google/gemini-cli',
    knownVersions: ['0.61'],
    adapter: geminiAdapter,
  },
  opencode: {
    title: 'OpenCode',
    program: 'opencode',
    install: 'npm install -g opencode-ai',
    knownVersions: ['1.18'],
    memoryMiB: 520,
    adapter: opencodeAdapter,
  },
};
