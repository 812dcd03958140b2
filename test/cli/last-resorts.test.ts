import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { home } from './sage.js';

/** Runs a module text in a node of its own; `{lib}` in it is the compiled library. */
function run(text: string) {
  const lib = pathToFileURL(join(home, 'dist/lib')).href;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', text.replaceAll('{lib}', lib)],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000, killSignal: 'SIGKILL' },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stdout,
    stderr,
  }));
  return { child, ended };
}

describe('last resorts', () => {
  test.each([
    ['an exception in a callback', "setTimeout(() => { throw new Error('lost') }, 1);"],
    ['a rejection that nobody handles', "void Promise.reject(new Error('lost'));"],
  ])('%s ends the process with 70 and its stack, even with open handles', async (_what, cause) => {
    const { ended } = run(`
      import { dieOfBugs } from '{lib}/cli/die-of-bugs.js';
      dieOfBugs('1.2.3');
      setInterval(() => {}, 1000);
      ${cause}
    `);
    const { code, stderr } = await ended;
    expect(code).toBe(70);
    expect(stderr).toMatch(/^error sage 1\.2\.3 made a mistake and stopped\. internal\/bug\n/);
    expect(stderr).toContain('  │ Error: lost\n  │     at ');
  });

  test('the third Ctrl-C does what is left to do and dies of the signal', async () => {
    const { child, ended } = run(`
      import { listenForStops } from '{lib}/cli/signals.js';
      let at = 0;
      setInterval(() => {}, 1000);
      listenForStops(
        ({ mode }) => console.log(mode),
        () => console.log('last'),
        () => (at += 1000),
      );
      console.log('ready');
    `);
    for (let presses = 0; presses < 3; presses += 1) {
      await once(child.stdout, 'data');
      child.kill('SIGINT');
    }
    expect(await ended).toMatchObject({ signal: 'SIGINT', stdout: 'ready\ndrain\ncancel\nlast\n' });
  });
});
