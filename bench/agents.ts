import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentClis } from '../lib/agents/clis.js';
import type { AgentCliName } from '../lib/model/agent-cli.js';
import { openChatServer } from '../test/loopback/chat-server.js';
import { openGeminiServer } from '../test/loopback/gemini-server.js';
import { openMessagesServer } from '../test/loopback/messages-server.js';
import { openResponsesServer } from '../test/loopback/responses-server.js';
import {
  codexConfig,
  writeCodexConfig,
  writeGeminiSettings,
  writeOpencodeConfig,
} from '../test/agents-real/cli-homes.js';
import { inMs, median, times, type Figure } from './figure.js';
import { createScratch, projectRoot, type Scratch } from './scratch.js';

const ROUNDS = 3;

/** A CLI, as the tests install it, and the model that it is given. */
interface Cli {
  readonly name: AgentCliName;
  readonly file: string;
  readonly model: string;
}

/**
 * How long an agent CLI takes from its start to its first request, alone and as a ticket's agent, with the same arguments; both
 * take turns. The model answers at once.
 */
export async function benchAgents(): Promise<readonly Figure[]> {
  if (!existsSync(join(projectRoot, 'node_modules/.cache/agent-clis'))) {
    const figure = 'left out: `npm run test:agents` installs the CLIs';
    return [{ what: 'agent CLIs to their first request', figure, aim: '' }];
  }
  /** When the requests of the present call came. */
  const asked: number[] = [];
  const answer = () => {
    asked.push(Date.now());
    return { say: 'Done.' };
  };
  await using messages = await openMessagesServer(answer);
  await using responses = await openResponsesServer(answer);
  await using gemini = await openGeminiServer(answer);
  await using chat = await openChatServer(answer);
  await using scratch = await createScratch(200, false, {
    ANTHROPIC_BASE_URL: messages.url,
    GOOGLE_GEMINI_BASE_URL: gemini.url,
    ANTHROPIC_API_KEY: 'nobody',
    OPENAI_API_KEY: 'nobody',
    GEMINI_API_KEY: 'nobody',
    MY_HOST_API_KEY: 'nobody',
  });
  const home = scratch.env['HOME'] ?? '';
  await writeCodexConfig(home, codexConfig(responses.url));
  await writeGeminiSettings(home);
  await writeOpencodeConfig(home, chat.url);
  /** Milliseconds from `begin`'s answer to the first request. */
  const toFirstRequest = async (begin: () => Promise<number>) => {
    asked.length = 0;
    const began = await begin();
    return (asked[0] ?? NaN) - began;
  };
  const figures: Figure[] = [];
  for (const cli of await clis()) {
    const [alone, under]: number[][] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      alone!.push(await toFirstRequest(() => callAlone(scratch, cli)));
      under!.push(await toFirstRequest(() => callUnderSage(scratch, cli, round)));
    }
    const [without, ms] = [median(alone!), median(under!)];
    const { title } = agentClis[cli.name];
    const figure = `${times(ms / without)} (${inMs(ms)}, alone ${inMs(without)})`;
    figures.push({ what: `${title} to its first request, under sage ÷ alone`, figure, aim: '' });
  }
  return figures;
}

async function clis(): Promise<readonly Cli[]> {
  const script = join(projectRoot, 'scripts/agent-clis.mjs');
  const { installAgentClis } = (await import(script)) as {
    installAgentClis: (root: string) => Readonly<Record<string, string>>;
  };
  const files = installAgentClis(projectRoot);
  return [
    { name: 'claude', file: files['SAGE_CLAUDE'] ?? '', model: 'claude-sonnet-4-5' },
    { name: 'codex', file: files['SAGE_CODEX'] ?? '', model: 'gpt-5-codex' },
    { name: 'gemini', file: files['SAGE_GEMINI'] ?? '', model: 'gemini-2.5-pro' },
    { name: 'opencode', file: files['SAGE_OPENCODE'] ?? '', model: 'my-host/m-1' },
  ];
}

/** Runs it to its end; answers when it was started. */
async function callAlone({ root, checkout, env }: Scratch, cli: Cli): Promise<number> {
  const folder = await mkdtemp(join(root, 'call-'));
  const {
    file,
    args,
    env: more,
    input = '',
  } = agentClis[cli.name].adapter({ name: cli.name, file: cli.file, model: cli.model }).call({
    prompt: 'Say that you are done.',
    promptFile: join(folder, 'prompt.md'),
    newSessionId: randomUUID(),
    access: 'edits',
    isRoot: process.getuid?.() === 0,
    variables: env,
  });
  const began = Date.now();
  const program = spawn(file, args, {
    cwd: checkout,
    env: { ...env, ...more },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  program.stdin.end(input);
  await once(program, 'close');
  return began;
}

/** Runs a ticket whose agent leaves no work to its end; answers when the agent was called. */
async function callUnderSage(scratch: Scratch, cli: Cli, round: number): Promise<number> {
  const { name: agent, file, model } = cli;
  const agents = { [agent]: { kind: agent, command: [file], model } };
  await scratch.queue([{ id: `${agent.toUpperCase()}-${round}` }], 'true', { agent, agents });
  await scratch.stream([], undefined, 1);
  const runs = join(scratch.checkout, '.git/sage/runs');
  const last = (await readdir(runs)).sort().at(-1) ?? '';
  const journal = await readFile(join(runs, last, 'events.ndjson'), 'utf8');
  const called = journal.split('\n').find((line) => line.includes('"type":"agent.called"'));
  return Date.parse((JSON.parse(called ?? '{}') as { at?: string }).at ?? '');
}
