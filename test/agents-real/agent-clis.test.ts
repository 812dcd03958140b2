import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../rig/home.js';
import { Program } from '../rig/program.js';
import { Rig } from '../rig/rig.js';

const script = pathToFileURL(join(repositoryRoot, 'scripts/agent-clis.mjs')).href;

/** Asks for the CLI, in a repository of its own, with `npm` as the test has made it. */
function install(rig: Rig) {
  const call = `import(${JSON.stringify(script)}).then(({ installAgentClis }) =>
    console.log('have', installAgentClis(process.cwd()).SAGE_CLAUDE))`;
  return new Program(process.execPath, ['-e', call], rig.checkout, rig.env).wait();
}

describe('the CLI that these tests drive', () => {
  test('is installed whole, once; what cannot be installed ends the call with 1, not with tests that are left out', async () => {
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

    const folder = `node_modules/@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
    await rig.program('npm', `mkdir -p "${folder}" && echo > "${folder}/claude"`);
    const { code, stdout } = await install(rig);
    const [, path = ''] = /^have (.+)$/m.exec(stdout)!;
    expect([code, existsSync(path)]).toEqual([0, true]);
    await rig.program('npm', 'exit 1');
    expect((await install(rig)).stdout).toBe(`have ${path}\n`);
  });
});
