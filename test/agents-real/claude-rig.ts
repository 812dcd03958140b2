import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openMessagesServer, type MessagesServer } from '../loopback/messages-server.js';
import type { ModelRequest, ModelScript } from '../loopback/messages-server.js';
import type { ModelReply } from '../loopback/messages-reply.js';
import { executable, repositoryRoot } from '../rig/home.js';
import { Program, type ProgramEnd } from '../rig/program.js';
import type { Rig, RigOptions } from '../rig/rig.js';
import { cliRig, type CliRig } from './cli-rig.js';

/** A rig with the real Claude Code first on the PATH, and the model that it talks to. */
export type ClaudeRig = CliRig<MessagesServer>;

/** Makes one. */
export async function claudeRig(script: ModelScript, options?: RigOptions): Promise<ClaudeRig> {
  const model = await openMessagesServer(script);
  return cliRig({ claude: 'SAGE_CLAUDE' }, model, claudeVariables(model), options);
}

/** What makes Claude Code talk to a model, and what a plugin's shell tool has in its environment. */
export const claudeVariables = ({ url }: MessagesServer) => ({
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_API_KEY: 'sk-ant-nobody',
  CLAUDECODE: '1',
  CLAUDE_CODE_SESSION_ID: 'of-the-outer-session',
  CLAUDE_CODE_MESSAGING_SOCKET: '/nowhere/outer.sock',
  DISABLE_AUTOUPDATER: '1',
});

/** Calls the CLI as a user would; permission is granted by nobody, so only what a command allows runs. */
export function claude(rig: Rig, ...args: readonly string[]): Promise<ProgramEnd> {
  return startClaude(rig, ...args).wait();
}

/** The same, for what happens meanwhile. */
export function startClaude(rig: Rig, ...args: readonly string[]): Program {
  rig.tolerate('temporary files'); // The user's own session keeps some.
  return new Program(join(rig.places.bin, 'claude'), args, rig.checkout, rig.env);
}

/** `claude -p PROMPT` with this plugin, by the flag. */
export const withPlugin = (
  rig: Rig,
  prompt: string,
  ...flags: readonly string[]
): Promise<ProgramEnd> => claude(rig, '-p', '--plugin-dir', repositoryRoot, ...flags, prompt);

/** A copy of this plugin whose `sage` is a script of the test's own; answers where it lies. */
export async function pluginWith(rig: Rig, script: string, name = 'plugin'): Promise<string> {
  const plugin = join(rig.places.root, name);
  for (const part of ['.claude-plugin', 'commands', 'hooks'])
    await cp(join(repositoryRoot, part), join(plugin, part), { recursive: true });
  await mkdir(join(plugin, 'bin'));
  await executable(join(plugin, 'bin/sage'), script);
  return plugin;
}

/** What the user's own sessions had their shell tool do, in order. */
export const hostCalls = ({ exchanges }: MessagesServer) =>
  exchanges
    .filter(({ request }) => !isWorker(request))
    .flatMap(({ reply }) => ('use' in reply ? (reply.use ?? []) : []))
    .map(({ input }) => input);

/** The ticket that a conversation with a worker is about; its prompt says so. */
export const ticketOf = (said: string): string => /^Ticket: (\S+)$/m.exec(said)?.[1] ?? '?';

/** A worker's or the user's own session? */
export const isWorker = ({ said }: Pick<ModelRequest, 'said'>): boolean => ticketOf(said) !== '?';

/** A worker that writes a file, commits it as agents do, and says that it is done. */
export function workAndCommit({ said, turn }: ModelRequest): ModelReply {
  const ticket = ticketOf(said);
  const file = { file_path: `${ticket}.txt`, content: `${ticket}\n` };
  if (turn === 0) return { use: [{ tool: 'Write', input: file }] };
  const commit = `git add -A && git commit -qm "${ticket}: mine"`;
  if (turn === 1) return { use: [{ tool: 'Bash', input: { command: commit } }] };
  return { say: `${ticket} is done.` };
}
