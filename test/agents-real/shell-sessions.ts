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

interface Heard {
  readonly turn: number;
  readonly said: string;
  readonly results: readonly string[];
}

/** Answers in which a run that goes on is asked for again, at most. */
const PATIENCE = 20;

/** The next call, as the text of `stream` says it for what was typed, and no other; nothing at the end. */
function nextCall(shell: FileShellName, { said, turn, results }: Heard): string | undefined {
  const words = wordsOf(wordsIn[shell](said)).map(quoted);
  const withWords = (call: string) => call.replace('ARGS', () => words.join(' '));
  if (!words.includes('--auto')) {
    const look = callIn(said, /or `--explain`: `([^`]+ stream ARGS)`/);
    return turn === 0 ? withWords(look) : undefined;
  }
  if (turn === 0) return withWords(callIn(said, /`([^`]+ stream ARGS --detach)`/));
  const hasEnded = turn > 1 && /\d landed/.test(results.join('\n'));
  return hasEnded || turn > PATIENCE ? undefined : callIn(said, /`([^`]+ status --for [^`]+)`/);
}

/** What the model of a shell answers; `run` calls its shell tool. */
function follow<Reply>(shell: FileShellName, run: (command: string) => Reply) {
  return (heard: Heard): Reply | { say: string } => {
    const call = nextCall(shell, heard);
    return call === undefined ? { say: heard.results.join('\n') } : run(call);
  };
}

const MAKERS: Readonly<Record<FileShellName, () => Promise<ShellWorld>>> = {
  async codex() {
    const world = await codexRig(follow('codex', codexShell));
    return {
      ...world,
      type: (words) => {
        // In its own a run could not write the git directory.
        const open = words.includes('--auto') ? ['--sandbox', 'danger-full-access'] : [];
        return start(world.rig, 'codex', ['exec', ...open, ['$stream', ...words].join(' ')]);
      },
      heard: () => world.model.requests.map(({ said }) => said),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
  async gemini() {
    const world = await geminiRig(follow('gemini', geminiShell));
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
      (heard) =>
        heard.said.includes('Generate a title')
          ? { say: 'A title' }
          : follow('opencode', opencodeShell)(heard),
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
