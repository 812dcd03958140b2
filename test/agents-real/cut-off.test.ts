import { describe, expect, test } from '@jest/globals';
import type { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';
import { claudeRig } from './claude-rig.js';
import { addFile, codexRig } from './codex-rig.js';
import { geminiRig, write as geminiWrite } from './gemini-rig.js';
import { bash, LIMIT_MS, opencodeRig } from './opencode-rig.js';

/** What a script sees of a conversation, whichever API it is held in. */
interface Seen {
  readonly turn: number;
  readonly said: string;
  /** Not the worker: Gemini CLI asks a model which model to ask. */
  readonly isRouting?: boolean;
}

interface World extends AsyncDisposable {
  readonly rig: Rig;
  readonly model: { readonly requests: readonly Seen[] };
}

/** What the test tells the model: sage is dead; what the model remembers: it has had the rest written. */
interface Life {
  isKilled: boolean;
  hasGoneOn: boolean;
}

/**
 * A model that has a file written, does not answer any more until sage is killed, and then has another one written;
 * `write` says so in the words of a CLI.
 */
function script<Reply>(life: Life, write: (file: string) => Reply) {
  return ({ turn, said, isRouting }: Seen): Reply | { silence: true } | { say: string } => {
    if (isRouting) return { say: '' };
    if (turn === 0) return write('half.txt');
    if (!life.isKilled) return { silence: true };
    if (life.hasGoneOn || !said.includes('You were interrupted')) return { say: 'It is done.' };
    life.hasGoneOn = true;
    return write('rest.txt');
  };
}

const worlds: Readonly<Record<string, (life: Life) => Promise<World>>> = {
  claude: (life) =>
    claudeRig(
      script(life, (file) => ({
        use: [{ tool: 'Write', input: { file_path: file, content: 'x\n' } }],
      })),
    ),
  codex: (life) => codexRig(script(life, (file) => addFile(file, 'x'))),
  gemini: (life) => geminiRig(script(life, (file) => geminiWrite(file))),
  opencode: (life) => opencodeRig(script(life, (file) => bash(`echo x > ${file}`))),
};

describe.each(Object.keys(worlds))('the real %s, killed with sage in its first call', (agent) => {
  test(
    '002-7.1 002-7.4 goes on with its session, in its lane, with what was done by then',
    async () => {
      const life = { isKilled: false, hasGoneOn: false };
      await using world = await worlds[agent]!(life);
      const { rig, model } = world;
      await rig.tickets([{ id: 'T-1' }]);
      const flags = ['--agent', agent, '--verify', 'none'];
      const program = rig.start('stream', '--auto', '--plain', ...flags);
      await until(
        () =>
          model.requests.some(({ turn, isRouting }) => turn > 0 && !isRouting) ? true : undefined,
        LIMIT_MS / 2,
        () => `the model was asked ${model.requests.length} times`,
      );
      program.signal('SIGKILL');
      await program.wait();
      life.isKilled = true;

      const { summary } = await rig.stream(...flags);
      expect(summary.landed).toMatchObject([{ id: 'T-1', attempts: 1 }]);
      expect(rig.read('half.txt') + rig.read('rest.txt')).toBe('x\nx\n');
      const calls = rig.journal().filter((event) => event.type === 'agent.called');
      const ends = rig.journal().filter((event) => event.type === 'agent.finished');
      expect(calls.map(({ attempt, round }) => [attempt, round])).toEqual([
        ['T-1#1', 1],
        ['T-1#1', 2],
      ]);
      const [cutOff, goneOn] = ends.map(({ outcome }) => outcome);
      expect(cutOff).toMatchObject({ end: { kind: 'cancelled' }, sessionId: expect.any(String) });
      expect(goneOn?.sessionId).toBe(cutOff?.sessionId);
      // It was told once what the ticket is, and knows what its first tool did.
      const said = model.requests.at(-1)?.said ?? '';
      expect(said.match(/^Ticket: T-1$/gm)).toHaveLength(1);
      expect(said).toContain('You were interrupted');
    },
    LIMIT_MS,
  );
});
