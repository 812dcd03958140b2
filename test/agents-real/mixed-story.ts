import { KEY_OF, type Asked, type Cli } from './mixed-rig.js';
import type { Act } from './mixed-words.js';

/** A ticket of the story: who works on it, what its model does, and how that must end. */
export interface Fate {
  readonly cli: Cli;
  readonly act: (asked: Asked) => Act;
  readonly end: 'landed' | { readonly code: string; readonly reason: RegExp };
  /** How its calls end, in their order; absent: one that is completed. */
  readonly sessions?: readonly ('completed' | 'error')[];
  /** The CLI told nothing of what a call of it cost. */
  readonly isUntold?: true;
  /** Fields of the ticket. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Fails while this file is there. */
export const VERIFY = 'test ! -e broken.txt';

/** Longer than any CLI takes to start, on a machine that has other things to do. */
export const SILENCE_MINUTES = 1;

/** A tool that hears no signal, with a child in a session of its own. */
const DEAF = `trap '' TERM INT HUP; setsid sleep 300 & sleep 301 & wait; sleep 302`;
const NEVER = new Promise<void>(() => undefined);

/** Writes a file, runs a command, and says that it is done. */
const landing =
  (command: (asked: Asked) => string) =>
  (asked: Asked): Act => {
    const { ticket, turn } = asked;
    if (turn === 0) return { write: `${ticket}.txt` };
    return turn === 1 ? { run: command(asked) } : { say: `${ticket} is done.` };
  };

const lands = landing(({ ticket }) => `git add -A && git commit -qm "${ticket}: mine"`);
/** Says its key on the way. */
const says = landing(({ cli }) => `printenv ${KEY_OF[cli]}`);

/** The model refuses its second request, for as long as that comes with the same key. */
function limited(): Fate['act'] {
  let refused: string | undefined;
  return (asked) => {
    if (asked.turn === 0) return lands(asked);
    refused ??= asked.key;
    return asked.key === refused ? 'limited' : lands(asked);
  };
}

const crashes = ({ turn }: Asked): Act =>
  turn === 0 ? { write: 'half.txt' } : { run: 'kill -9 $PPID' };

/** Does it wrong, and right when its own check has sent it back. */
const mends = ({ ticket, turn, said }: Asked): Act => {
  if (turn === 0) return { write: `${ticket}.txt`, content: 'square\n' };
  const isSentBack = turn === 2 && said.includes('A check of the ticket fails');
  return isSentBack ? { run: `echo round > ${ticket}.txt` } : { say: 'Done.' };
};

/** A check of the ticket's own. */
export const ownCheck = (script: string) => {
  const one = { id: 'one', type: 'generic', description: 'One', status: 'UNPROCESSED' };
  return { tasks: [{ ...one, validation_script: script }] };
};

const TWICE = ['completed', 'completed'] as const;
const REFUSED_ONCE = ['error', 'completed'] as const;
const FAILED = ['error'] as const;
const FIRST = { priority: 'P0' };

/** Twenty tickets: what goes well, and one of each that does not. */
export const STORY: Readonly<Record<string, Fate>> = {
  'C-LANDS': { cli: 'claude', act: lands, end: 'landed' },
  'C-SAYS': { cli: 'claude', act: says, end: 'landed' },
  'C-LIMIT': { cli: 'claude', act: limited(), end: 'landed', sessions: REFUSED_ONCE },
  'C-MENDS': {
    ...{ cli: 'claude', act: mends, end: 'landed', sessions: TWICE },
    fields: ownCheck('grep round C-MENDS.txt'),
  },
  'C-BUSY': {
    ...{ cli: 'claude', act: () => 'overloaded', sessions: FAILED },
    end: { code: 'agent/overloaded', reason: /^claude found the API overloaded: API Error: 529 / },
  },
  'C-CRASH': {
    ...{ cli: 'claude', act: crashes, sessions: FAILED, isUntold: true },
    end: { code: 'agent/crashed', reason: /^the agent was ended by SIGKILL, which sage did not/ },
  },
  'X-SAYS': { cli: 'codex', act: says, end: 'landed' },
  'X-LIMIT': {
    ...{ cli: 'codex', act: limited(), end: 'landed', sessions: REFUSED_ONCE, isUntold: true },
  },
  'X-IDLE': {
    ...{ cli: 'codex', act: () => ({ say: 'There is nothing to do.' }) },
    end: { code: 'agent/no-work', reason: /^the agent ended without changing anything/ },
  },
  'X-RED': {
    ...{
      cli: 'codex',
      act: ({ turn }) => (turn === 0 ? { write: 'broken.txt' } : { say: 'Done.' }),
    },
    end: { code: 'checks/red', reason: /^test ! -e broken\.txt: failed twice with exit code 1/ },
  },
  'X-STALLS': {
    ...{ cli: 'codex', act: () => ({ begin: 'Once upon', rest: NEVER }) },
    ...{ sessions: FAILED, isUntold: true, fields: FIRST },
    end: { code: 'agent/silent', reason: /^the agent printed nothing for .+ and was stopped/ },
  },
  'G-LANDS': { cli: 'gemini', act: lands, end: 'landed' },
  'G-SAYS': { cli: 'gemini', act: says, end: 'landed' },
  'G-LIMIT': { cli: 'gemini', act: limited(), end: 'landed', sessions: REFUSED_ONCE },
  'G-CRASH': {
    ...{ cli: 'gemini', act: crashes, sessions: FAILED, isUntold: true },
    end: { code: 'agent/crashed', reason: /^the agent was ended by SIGKILL, which sage did not/ },
  },
  'G-HANGS': {
    ...{ cli: 'gemini', act: () => ({ run: DEAF }) },
    ...{ sessions: FAILED, isUntold: true, fields: FIRST },
    end: { code: 'agent/silent', reason: /^the agent printed nothing for .+ and was stopped/ },
  },
  'O-LANDS': { cli: 'opencode', act: lands, end: 'landed' },
  'O-SAYS': { cli: 'opencode', act: says, end: 'landed' },
  'O-LIMIT': { cli: 'opencode', act: limited(), end: 'landed', sessions: REFUSED_ONCE },
  'O-MENDS': {
    ...{ cli: 'opencode', act: mends, end: 'landed', sessions: TWICE },
    fields: ownCheck('grep round O-MENDS.txt'),
  },
};
