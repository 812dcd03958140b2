import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChatServer, type ChatServer } from '../loopback/chat-server.js';
import { openGeminiServer, type GeminiServer } from '../loopback/gemini-server.js';
import { openMessagesServer, type MessagesServer } from '../loopback/messages-server.js';
import { openResponsesServer, type ResponsesServer } from '../loopback/responses-server.js';
import type { Rig } from '../rig/rig.js';
import {
  codexConfig,
  PRICES,
  writeCodexConfig,
  writeGeminiSettings,
  writeOpencodeConfig,
} from './cli-homes.js';
import { cliRig, type CliRig } from './cli-rig.js';
import { toClaude, toCodex, toGemini, toOpencode, type Act } from './mixed-words.js';

export type Cli = 'claude' | 'codex' | 'gemini' | 'opencode';

/** A request of any of them, as the one script sees it. */
export interface Asked {
  readonly cli: Cli;
  /** `?`: not about a ticket. */
  readonly ticket: string;
  /** The key that came with it. */
  readonly key: string;
  /** How often the model has answered in this conversation. */
  readonly turn: number;
  readonly said: string;
  /** When it came, milliseconds since 1970. */
  readonly at: number;
}

/** Decides from the conversation alone; may take its time. */
type MixedScript = (asked: Asked) => Act | Promise<Act>;

/** What an answer said that it cost: tokens, input without what the cache gave. */
export interface Spent {
  readonly asked: Asked;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** The four models. */
export interface Models extends AsyncDisposable {
  readonly claude: MessagesServer;
  readonly codex: ResponsesServer;
  readonly gemini: GeminiServer;
  readonly opencode: ChatServer;
  /** All requests, in the order of their arrival. */
  readonly asked: readonly Asked[];
  /** What all answers said that they cost. */
  spent(): readonly Spent[];
}

/** The models that the agents use: one that each CLI or the price table knows, or has prices in its configuration. */
export const MODELS = {
  claude: 'claude-sonnet-4-5-20250929',
  codex: 'gpt-5-codex',
  gemini: 'gemini-2.5-pro',
  opencode: 'my-host/m-1',
} as const satisfies Record<Cli, string>;

/** Thousandths of a micro-dollar for a token: whole numbers, so that sums are exact. */
export const NANO_USD = {
  claude: { input: 3_000, output: 15_000, cacheRead: 300, cacheWrite: 3_750 },
  codex: { input: 1_250, output: 10_000, cacheRead: 125, cacheWrite: 1_250 },
  gemini: { input: 1_250, output: 10_000, cacheRead: 125, cacheWrite: 1_250 },
  opencode: {
    input: PRICES.input * 1_000,
    output: PRICES.output * 1_000,
    cacheRead: PRICES.cache_read * 1_000,
    cacheWrite: PRICES.cache_write * 1_000,
  },
} as const satisfies Record<Cli, Record<'input' | 'output' | 'cacheRead' | 'cacheWrite', number>>;

/** Where each finds its key. */
export const KEY_OF = {
  claude: 'ANTHROPIC_API_KEY',
  codex: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  opencode: 'MY_HOST_API_KEY',
} as const satisfies Record<Cli, string>;

export const CLIS = Object.keys(MODELS) as readonly Cli[];

/** A rig with all four real CLIs first on the PATH, each with its own model; one script says what all of them say. */
export async function mixedRig(script: MixedScript): Promise<CliRig<Models>> {
  const models = await openModels(script);
  const programs = {
    claude: 'SAGE_CLAUDE',
    codex: 'SAGE_CODEX',
    gemini: 'SAGE_GEMINI',
    opencode: 'SAGE_OPENCODE',
  };
  const world = await cliRig(programs, models, {
    ANTHROPIC_BASE_URL: models.claude.url,
    GOOGLE_GEMINI_BASE_URL: models.gemini.url,
    ...Object.fromEntries(CLIS.map((cli) => [KEY_OF[cli], `the-user's-own-${cli}`])),
  });
  const { home } = world.rig.places;
  await writeCodexConfig(home, codexConfig(models.codex.url));
  await writeGeminiSettings(home);
  await writeOpencodeConfig(home, models.opencode.url);
  return world;
}

/** The configuration's `agents`: each CLI under its own name, with its model. */
export const mixedAgents = Object.fromEntries(
  CLIS.map((cli) => [cli, { kind: cli, command: [cli], model: MODELS[cli] }]),
);

/** The configuration's `credentials`: pools of these keys, each in a file. OpenCode is the one to hold to few at a time. */
export async function pools(
  rig: Rig,
  keys: Readonly<Record<Cli, readonly string[]>>,
): Promise<Readonly<Record<string, unknown>>> {
  const folder = join(rig.places.root, 'keys');
  await mkdir(folder);
  const entries = CLIS.map(async (cli) => {
    const file = join(folder, cli);
    await writeFile(file, keys[cli].join('\n'), { mode: 0o600 });
    const maxConcurrent = cli === 'opencode' ? 1 : 2;
    return [cli, { variable: KEY_OF[cli], from: { file }, maxConcurrent }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function openModels(script: MixedScript): Promise<Models> {
  const asked: Asked[] = [];
  const known = new WeakMap<object, Asked>();
  const act = async (
    cli: Cli,
    request: { readonly key: string; readonly turn: number; readonly said: string },
  ): Promise<Act> => {
    const { key, turn, said } = request;
    const ticket = /^Ticket: (\S+)$/m.exec(said)?.[1] ?? '?';
    const one = { cli, ticket, key, turn, said, at: Date.now() };
    known.set(request, one);
    asked.push(one);
    return script(one);
  };
  const [claude, codex, gemini, opencode] = await Promise.all([
    openMessagesServer(async (one) => toClaude(await act('claude', one))),
    openResponsesServer(async (one) => toCodex(await act('codex', one))),
    openGeminiServer(async (one) => toGemini(await act('gemini', one))),
    openChatServer(async (one) => toOpencode(await act('opencode', one))),
  ]);
  const spentIn = (request: object, tokens: Omit<Spent, 'asked'>): Spent => ({
    asked: known.get(request)!,
    ...tokens,
  });
  return {
    ...{ claude, codex, gemini, opencode, asked },
    spent: () => [
      ...claude.exchanges.map(({ request, usage }) =>
        spentIn(request, {
          input: usage.input_tokens,
          output: usage.output_tokens,
          cacheRead: usage.cache_read_input_tokens,
          cacheWrite: usage.cache_creation_input_tokens,
        }),
      ),
      ...codex.exchanges.map(({ request, usage }) =>
        spentIn(request, {
          input: usage.input_tokens - usage.cached_tokens,
          output: usage.output_tokens,
          cacheRead: usage.cached_tokens,
          cacheWrite: 0,
        }),
      ),
      ...gemini.exchanges.map(({ request, usage: { fresh, cached, spoken, thought } }) =>
        spentIn(request, {
          ...{ input: fresh, output: spoken + thought, cacheRead: cached, cacheWrite: 0 },
        }),
      ),
      ...opencode.exchanges.map(({ request, usage: { fresh, cached, spoken, reasoned } }) =>
        spentIn(request, {
          ...{ input: fresh, output: spoken + reasoned, cacheRead: cached, cacheWrite: 0 },
        }),
      ),
    ],
    async [Symbol.asyncDispose]() {
      for (const server of [claude, codex, gemini, opencode]) await server[Symbol.asyncDispose]();
    },
  };
}
