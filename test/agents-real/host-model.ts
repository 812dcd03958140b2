import type { ModelReply } from '../loopback/messages-reply.js';
import type { ModelRequest } from '../loopback/messages-server.js';

/**
 * The model of the user's own session: it does what the text of the command says, to the letter, and relays what comes
 * of it. So a command whose text does not lead to the right calls fails its test.
 */
export function followCommand({ command, results }: ModelRequest): ModelReply {
  if (!command) return { say: 'A title' };
  const { name, text, turn } = command;
  const words = wordsOf(argumentsIn(text)).map(quoted);
  const result = results.map((one) => one.text).join('\n');
  if (name === 'sage:stream' && words.includes('--auto') && !words.includes('--dry-run')) {
    if (turn === 0) return bash(['sage stream', ...words, '--detach'].join(' '));
    const follow = callIn(text, /`(sage status --for [^`]+)`/);
    const hasFailed = results.some(({ isError }) => isError);
    const goesOn = turn === 1 ? !hasFailed : result.startsWith(`Exit code ${stillRunning(text)}\n`);
    return goesOn ? bash(follow, Number(callIn(text, /timeout (\d+)/))) : { say: briefly(result) };
  }
  if (turn > 0) return { say: result };
  if (name === 'sage:stop') {
    const verb = words.length === 0 ? 'stop' : 'cancel';
    return bash(['sage', verb, ...words.filter((word) => word !== 'all')].join(' '));
  }
  const needsMore = name === 'sage:stream' && words.length === 0;
  return bash([name.replace(':', ' '), ...(needsMore ? ['--dry-run'] : words)].join(' '));
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

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);

/** By the rule of the commands' texts: as it is, or in single quotes. */
const quoted = (word: string) =>
  /^[\w\-=.,/]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

const stillRunning = (text: string) => callIn(text, /exit code (\d+) it still runs/);

function callIn(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the command's text does not say ${String(pattern)}`);
  return found;
}
