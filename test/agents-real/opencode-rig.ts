import { readFile } from 'node:fs/promises';
import type { ChatReply } from '../loopback/chat-reply.js';
import {
  openChatServer,
  type ChatRequest,
  type ChatScript,
  type ChatServer,
} from '../loopback/chat-server.js';
import type { Rig, RigOptions } from '../rig/rig.js';
import { readStreamEnd, type StreamEnd } from '../rig/stream-end.js';
import { writeOpencodeConfig } from './cli-homes.js';
import { cliRig, type CliRig } from './cli-rig.js';

/** For a test: OpenCode takes seconds to start, many where the processors are shared. */
export const LIMIT_MS = 300_000;

/** The user's own configuration file. */
export interface OpencodeRig extends CliRig<ChatServer> {
  ownConfiguration(): Promise<string>;
}

/** A rig with the real OpenCode first on the PATH, known to its user's configuration: a provider that the model plays. */
export async function opencodeRig(
  script: ChatScript,
  own: Readonly<Record<string, unknown>> = {},
  options?: RigOptions,
): Promise<OpencodeRig> {
  const model = await openChatServer(script);
  const world = await cliRig(
    { opencode: 'SAGE_OPENCODE' },
    model,
    { MY_HOST_API_KEY: 'key-of-my-host', OPENAI_API_KEY: 'of-another-provider', AGENT: '1' },
    options,
  );
  const file = await writeOpencodeConfig(world.rig.places.home, model.url, own);
  await useOpencode(world.rig);
  return Object.assign(world, { ownConfiguration: () => readFile(file, 'utf8') });
}

/** sage's own configuration: OpenCode with the loopback model for every ticket. */
export const useOpencode = (rig: Rig, keys: Readonly<Record<string, unknown>> = {}) =>
  rig.config({
    agent: 'opencode',
    agents: { opencode: { kind: 'opencode', command: ['opencode'], model: 'my-host/m-1' } },
    ...keys,
  });

/** Runs `stream --auto --json` to its end. */
export const stream = async (rig: Rig, ...flags: readonly string[]): Promise<StreamEnd> =>
  readStreamEnd(await rig.start('stream', '--auto', '--json', ...flags).wait(LIMIT_MS));

/** The ticket that a conversation is about; its prompt says so. */
export const ticketOf = ({ said }: Pick<ChatRequest, 'said'>): string =>
  /^Ticket: (\S+)$/m.exec(said)?.[1] ?? '?';

/** One call of a tool, in OpenCode's words. */
export const write = (filePath: string, content = 'x\n'): ChatReply => ({
  use: [{ tool: 'write', input: { filePath, content } }],
});
export const bash = (command: string): ChatReply => ({
  use: [{ tool: 'bash', input: { command, description: 'x' } }],
});
