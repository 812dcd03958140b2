import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../rig/home.js';
import { Program } from '../rig/program.js';
import { Rig } from '../rig/rig.js';

const script = pathToFileURL(join(repositoryRoot, 'scripts/agent-clis.mjs')).href;

/** Asks for the CLI, in a repository of its own, with `npm` as the test has made it. */
function install(rig: Rig) {
  const call = `import(${JSON.stringify(script)}).then(({ installAgentClis }) =>
    console.log('have', Object.values(installAgentClis(process.cwd())).join(' ')))`;
  return new Program(process.execPath, ['-e', call], rig.checkout, rig.env).wait();
}

describe('the CLIs that these tests drive', () => {
  test('are installed whole, once; one that cannot be installed ends the call with 1, not with tests that are left out', async () => {
    await using rig = await Rig.create();
    const cache = join(rig.checkout, 'node_modules/.cache/agent-clis');

    await rig.program('npm', 'echo "no network" >&2; exit 1');
    const failed = await install(rig);
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringMatching(/^no network\nClaude Code \d+\.\d+\.\d+ could not be installed into/),
    ]);
    await rig.program('npm', 'exit 0');
    expect((await install(rig)).code).toBe(1);
    expect(readdirSync(cache)).toEqual([]);

    const platform = `${process.platform}-${process.arch}`;
    const programs = [
      `@anthropic-ai/claude-code-${platform}/claude`,
      '@openai/codex/bin/codex.js',
      '@google/gemini-cli/bundle/gemini.js',
      `opencode-${platform}/bin/opencode`,
    ].map((path) => `node_modules/${path}`);
    const make = programs.map((path) => `mkdir -p "${dirname(path)}" && echo > "${path}"`);
    await rig.program('npm', make.join('\n'));
    const { code, stdout } = await install(rig);
    const [, found = ''] = /^have (.+)$/m.exec(stdout)!;
    const paths = found.split(' ');
    expect([code, paths.map((path) => existsSync(path))]).toEqual([0, programs.map(() => true)]);
    await rig.program('npm', 'exit 1');
    expect((await install(rig)).stdout).toBe(`have ${found}\n`);
  });
});
