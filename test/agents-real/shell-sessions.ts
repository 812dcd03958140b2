import { join } from 'node:path';
import type { FileShellName } from '../../lib/cli/install/shells.js';
import { Program, type ProgramEnd } from '../rig/program.js';
import type { Rig } from '../rig/rig.js';
import type { CliRig } from './cli-rig.js';
import { codexRig, shell as codexShell } from './codex-rig.js';
import { geminiRig, shell as geminiShell } from './gemini-rig.js';
import { argumentsIn, callIn, quoted, wordsOf } from './host-model.js';
import { bash as opencodeShell, opencodeRig } from './opencode-rig.js';

/** A session in which a command is typed, and the model that does what its text says. */
export interface ShellWorld extends CliRig<AsyncDisposable> {
  /** Starts the shell's own program without a person, types the command and what stands behind it, and lets it end. */
  type(words: readonly string[]): Promise<ProgramEnd>;
  /** All that the user's side said to the model so far, request by request. */
  heard(): readonly string[];
}

/** How long one session may take: OpenCode needs seconds to start, many where the processors are shared. */
const LIMIT_MS = 200_000;

/** What the user typed behind the command, found by what its text says of the place. */
export const wordsIn: Readonly<Record<FileShellName, (said: string) => string>> = {
  codex: (said) => /^\$stream ?([\s\S]*?)\n<skill>\n<name>stream/m.exec(said)?.[1] ?? '',
  gemini: argumentsIn,
  opencode: (said) => /\nThe arguments:\n\n([\s\S]*)$/.exec(said)?.[1] ?? '',
};

/** The call for `--dry-run` and `--explain`, as the text of `stream` says it, and no other. */
function lookCall(shell: FileShellName, said: string): string {
  const call = callIn(said, /or `--explain`: `([^`]+ stream ARGS)`/);
  const words = wordsOf(wordsIn[shell](said)).map(quoted);
  return call.replace('ARGS', () => words.join(' '));
}

const MAKERS: Readonly<Record<FileShellName, () => Promise<ShellWorld>>> = {
  async codex() {
    const world = await codexRig(({ turn, said, results }) =>
      turn === 0 ? codexShell(lookCall('codex', said)) : { say: results.join('\n') },
    );
    return {
      ...world,
      type: (words) => start(world.rig, 'codex', ['exec', ['$stream', ...words].join(' ')]),
      heard: () => world.model.requests.map(({ said }) => said),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
  async gemini() {
    const world = await geminiRig(({ turn, said, results }) =>
      turn === 0 ? geminiShell(lookCall('gemini', said)) : { say: results.join('\n') },
    );
    const flags = ['--skip-trust', '--yolo', '-p'];
    return {
      ...world,
      type: (words) => start(world.rig, 'gemini', [...flags, ['/stream', ...words].join(' ')]),
      heard: () => world.model.requests.map(({ said }) => said),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
  async opencode() {
    const world = await opencodeRig(
      ({ turn, said, results }) => {
        if (said.includes('Generate a title')) return { say: 'A title' };
        return turn === 0 ? opencodeShell(lookCall('opencode', said)) : { say: results.join('\n') };
      },
      { model: 'my-host/m-1', small_model: 'my-host/m-1', enabled_providers: ['my-host'] },
    );
    const flags = ['run', '--command', 'stream', '--'];
    return {
      ...world,
      type: (words) => start(world.rig, 'opencode', [...flags, ...words]),
      heard: () => world.model.requests.map(({ said }) => said),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
};

/** A rig with the real CLI, its model, one ticket, and nothing installed. */
export async function shellWorld(shell: FileShellName): Promise<ShellWorld> {
  const world = await MAKERS[shell]();
  world.rig.tolerate('temporary files'); // The user's own session keeps some.
  await world.rig.config();
  await world.rig.tickets([{ id: 'T-1' }, { id: 'T-2', dependencies: ['T-1'] }]);
  return world;
}

function start(rig: Rig, name: string, words: readonly string[]): Promise<ProgramEnd> {
  const env = { ...rig.env, GEMINI_CLI_NO_RELAUNCH: 'true', OPENCODE_DISABLE_MODELS_FETCH: '1' };
  return new Program(join(rig.places.bin, name), words, rig.checkout, env).wait(LIMIT_MS);
}
