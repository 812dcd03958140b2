import { expect } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from './home.js';
import type { Rig } from './rig.js';

/** Answers the questions of a command on a real terminal, each when its words have been shown; what was said. */
export async function answerDialogue(
  rig: Rig,
  words: readonly string[],
  dialogue: readonly (readonly [asked: string, answer: string])[],
): Promise<string> {
  const call = `node '${join(repositoryRoot, 'bin/sage')}' ${words.join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--command', call, '/dev/null'], {
    cwd: rig.checkout,
    env: { ...rig.env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  let heard = 0;
  const left = [...dialogue];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const [asked, answer] = left[0] ?? [];
    const at = asked === undefined ? -1 : said.indexOf(asked, heard);
    if (asked === undefined || at < 0) return;
    heard = at + asked.length;
    left.shift();
    child.stdin.write(`${answer ?? ''}\r`);
  });
  const [code] = await once(child, 'close');
  expect([code, left]).toEqual([0, []]);
  return said;
}
