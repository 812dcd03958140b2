import type { ResponsesReply } from '../loopback/responses-reply.js';
import {
  openResponsesServer,
  type ResponsesRequest,
  type ResponsesScript,
  type ResponsesServer,
} from '../loopback/responses-server.js';
import type { Rig, RigOptions } from '../rig/rig.js';
import { codexConfig, writeCodexConfig } from './cli-homes.js';
import { cliRig, type CliRig } from './cli-rig.js';

/** The key that it leases; found in no other variable. */
export const KEY = 'sk-loop-nobody';

/** Makes a rig with the real Codex first on the PATH, and the model that it talks to. */
export async function codexRig(
  script: ResponsesScript,
  options?: RigOptions,
): Promise<CliRig<ResponsesServer>> {
  const model = await openResponsesServer(script);
  const world = await cliRig({ codex: 'SAGE_CODEX' }, model, { OPENAI_API_KEY: KEY }, options);
  await writeCodexConfig(world.rig.places.home, codexConfig(model.url));
  return world;
}

/** The one command line, with checks off, that the cases run. */
export const stream = (rig: Rig, ...flags: readonly string[]) =>
  rig.stream('--agent', 'codex', '--verify', 'none', ...flags);

/** The ticket that a conversation is about; its prompt says so. */
export const ticketOf = ({ said }: ResponsesRequest): string =>
  /^Ticket: (\S+)$/m.exec(said)?.[1] ?? '?';

/** One call of the shell tool. */
export const shell = (cmd: string): ResponsesReply => ({
  use: [{ tool: 'exec_command', input: { cmd } }],
});

/** A file of one line by the tool for edits. */
export const addFile = (path: string, line: string): ResponsesReply => ({
  say: `I write ${path}.`,
  use: [
    {
      tool: 'apply_patch',
      input: { input: `*** Begin Patch\n*** Add File: ${path}\n+${line}\n*** End Patch` },
    },
  ],
});

/** Writes a file, commits it as agents do, and says that it is done. */
export function workAndCommit(request: ResponsesRequest): ResponsesReply {
  const ticket = ticketOf(request);
  const [result = ''] = request.results;
  // Its tool for edits may fail where several Codex start at once; a model does it again.
  if (request.turn === 0 || result.includes('Failed to write file')) {
    return addFile(`${ticket}.txt`, ticket);
  }
  if (result.includes('Updated the following files')) {
    return shell(`git add -A && git commit -qm "${ticket}: mine"`);
  }
  return { say: `${ticket} is done.` };
}
