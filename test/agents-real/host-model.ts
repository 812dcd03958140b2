import type { ModelReply } from '../loopback/messages-reply.js';
import type { ModelRequest } from '../loopback/messages-server.js';

/**
 * The model of the user's own session: it does what the text of the command says, to the letter, and relays what comes
 * of it. So a command whose text does not lead to the right calls fails its test.
 */
export function followCommand(request: ModelRequest): ModelReply {
  const { command, results } = request;
  if (!command) return { say: 'A title' };
  const { name, text, turn } = command;
  const words = wordsOf(argumentsIn(text)).map(quoted);
  const result = results.map((one) => one.text).join('\n');
  if (name === 'sage:stream' && !words.some((word) => /^--(dry-run|explain)$/.test(word))) {
    if (!words.includes('--auto')) return walkThrough(request, words);
    if (turn === 0) return bash(['sage stream', ...words, '--detach'].join(' '));
    const follow = callIn(text, /`(sage status --for [^`]+)`/);
    const hasFailed = results.some(({ isError }) => isError);
    const goesOn = turn === 1 ? !hasFailed : isStillRunning(text, result);
    return goesOn ? bash(follow, timeoutIn(text)) : { say: briefly(result) };
  }
  if (turn > 0) return { say: result };
  if (name === 'sage:stop') {
    const verb = words.length === 0 ? 'stop' : 'cancel';
    return bash(['sage', verb, ...words.filter((word) => word !== 'all')].join(' '));
  }
  return bash([name.replace(':', ' '), ...words].join(' '));
}

/** Step by step: the question, the user's word, the next question. */
function walkThrough({ command, results, seen, typed }: ModelRequest, words: readonly string[]) {
  const { text, turn } = command!;
  if (turn === 0) {
    const call = callIn(text, /`(sage stream ARGS --step [^`]+)`/);
    return bash(call.replace('ARGS', words.join(' ')).replace('  ', ' '), timeoutIn(text));
  }
  if (results.length > 0) {
    const result = results.map((one) => one.text).join('\n');
    const again = callIn(text, /75: `([^`]+)`/);
    return isStillRunning(text, result) ? bash(again, timeoutIn(text)) : { say: result };
  }
  const about = callIn(seen, /→ sage approve (\S+)/);
  const [, note] = /^send it back: ([\s\S]*)$/.exec(typed) ?? [];
  const no = callIn(text, /`(sage reject ID --note '…' [^`]+)`/).replace('ID', about);
  const call =
    typed === 'yes'
      ? callIn(text, /`(sage approve ID [^`]+)`/).replace('ID', about)
      : note === undefined
        ? no.replace("--note '…'", typed === 'put it off' ? '--defer' : '--stop')
        : no.replace("'…'", () => inQuotes(note));
  return bash(call, timeoutIn(text));
}

/** How many landed, not which. */
const briefly = (result: string) =>
  result
    .split('\n')
    .filter((line) => !/^ *landed /.test(line))
    .join('\n');

/** One call of the shell tool. */
export const bash = (command: string, timeout?: number): ModelReply => ({
  use: [{ tool: 'Bash', input: { command, ...(timeout === undefined ? {} : { timeout }) } }],
});

/** What the user typed behind the command, as its text shows it. */
export const argumentsIn = (text: string): string =>
  /<arguments>\n([\s\S]*)\n<\/arguments>/.exec(text)?.[1] ?? '';

export const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);

/** By the rule of the commands' texts: as it is, or in single quotes. */
export const quoted = (word: string) => (/^[\w\-=.,/]+$/.test(word) ? word : inQuotes(word));

const inQuotes = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const isStillRunning = (text: string, result: string) =>
  result.startsWith(`Exit code ${callIn(text, /exit code (\d+) it still runs/)}\n`);

const timeoutIn = (text: string) => Number(callIn(text, /timeout (\d+)/));

/** What the text says in the place of a group. */
export function callIn(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the command's text does not say ${String(pattern)}`);
  return found;
}
