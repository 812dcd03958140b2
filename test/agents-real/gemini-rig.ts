import { readFile } from 'node:fs/promises';
import type { GeminiReply } from '../loopback/gemini-reply.js';
import {
  openGeminiServer,
  type GeminiRequest,
  type GeminiScript,
  type GeminiServer,
} from '../loopback/gemini-server.js';
import type { Rig, RigOptions } from '../rig/rig.js';
import { writeGeminiSettings } from './cli-homes.js';
import { cliRig, type CliRig } from './cli-rig.js';

/** A rig with the real Gemini CLI first on the PATH, and the model that it talks to. */
export interface GeminiRig extends CliRig<GeminiServer> {
  /** The user's own settings file, as it is now. */
  ownSettings(): Promise<string>;
}

/** Makes one; `own` is added to the user's settings, `keys` to sage's configuration. */
export async function geminiRig(
  script: GeminiScript,
  own: Readonly<Record<string, unknown>> = {},
  options?: RigOptions,
): Promise<GeminiRig> {
  const model = await openGeminiServer(script);
  const variables = {
    GOOGLE_GEMINI_BASE_URL: model.url,
    GEMINI_API_KEY: 'key-of-nobody',
    GOOGLE_API_KEY: 'of-another-product',
    // As in the shell tool of a session that we may be running in.
    GEMINI_CLI: '1',
    GEMINI_CLI_IDE_AUTH_TOKEN: 'of-the-outer-session',
  };
  const world = await cliRig({ gemini: 'SAGE_GEMINI' }, model, variables, options);
  const file = await writeGeminiSettings(world.rig.places.home, own);
  await useGemini(world.rig);
  return Object.assign(world, { ownSettings: () => readFile(file, 'utf8') });
}

/** sage's own configuration: Gemini CLI for every ticket. */
export const useGemini = (rig: Rig, keys: Readonly<Record<string, unknown>> = {}) =>
  rig.config({ agent: 'gemini', agents: {}, ...keys });

/** The ticket that a conversation is about; its prompt says so. */
export const ticketOf = ({ said }: Pick<GeminiRequest, 'said'>): string =>
  /^Ticket: (\S+)$/m.exec(said)?.[1] ?? '?';

/** One call of a tool, in Gemini CLI's words. */
export const write = (file_path: string, content = 'x\n'): GeminiReply => ({
  say: `I write ${file_path}.`,
  use: [{ tool: 'write_file', input: { file_path, content } }],
});
export const shell = (command: string): GeminiReply => ({
  use: [{ tool: 'run_shell_command', input: { command } }],
});
