import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chooseAgentName, resolveAgent, type AgentWishes } from '../../lib/agents/choose.js';
import { findProgram } from '../../lib/process/find-program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sage-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (...parts: string[]) => {
  const file = join(folder, ...parts);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
};
const wishes = (more: Partial<AgentWishes> = {}): AgentWishes => ({
  ...{ definitions: {}, isClaudeCode: false, path: join(folder, 'bin'), root: folder },
  ...more,
});
const scripted = {
  ...{ kind: 'command' as const, command: ['mine', 'go'], prompt: 'stdin' as const },
  environment: ['TELLS'],
};

describe('the name', () => {
  test('is the flag’s, else the ticket’s, else the configured one', async () => {
    const all = wishes({ flag: 'a', configured: 'c' });
    expect(await chooseAgentName(all, 'b')).toEqual({ ok: true, value: 'a' });
    expect(await chooseAgentName(wishes({ configured: 'c' }), 'b')).toEqual({
      ok: true,
      value: 'b',
    });
    expect(await chooseAgentName(wishes({ configured: 'c' }))).toEqual({ ok: true, value: 'c' });
  });

  test('is the first CLI on the PATH where nobody names one', async () => {
    program('bin', 'claude');
    expect(await chooseAgentName(wishes())).toEqual({ ok: true, value: 'claude' });
    expect(await chooseAgentName(wishes({ isClaudeCode: true }))).toMatchObject({
      value: 'claude',
    });
  });

  test('where there is none, the ways out are listed', async () => {
    const none = await chooseAgentName(wishes({ isClaudeCode: true }));
    expect(none).toMatchObject({ ok: false, failure: { code: 'agent/not-found' } });
    expect(JSON.stringify(none)).toMatch(/npm install.*agents:.*--agent/);
    const own = await chooseAgentName(wishes({ definitions: { scripted } }));
    expect(JSON.stringify(own)).toContain('agent: scripted');
  });
});

describe('the adapter', () => {
  test('of a definition calls its program by its place', async () => {
    const file = program('bin', 'mine');
    const found = await resolveAgent('scripted', wishes({ definitions: { scripted } }));
    if (!found.ok) throw new Error(found.failure.message);
    expect(found.value).toMatchObject({ name: 'scripted', environment: ['TELLS'] });
    const call = { prompt: 'p', promptFile: '', newSessionId: '', access: 'edits', isRoot: false };
    expect(found.value.adapter.call(call as never)).toMatchObject({
      file,
      args: ['go'],
      input: 'p',
    });
  });

  test('of the built-in one is found on the PATH; a definition of that name comes first', async () => {
    program('bin', 'claude');
    const built = await resolveAgent('claude', wishes());
    expect(built.ok && built.value.adapter.canResume).toBe(true);
    program('bin', 'mine');
    const own = await resolveAgent('claude', wishes({ definitions: { claude: scripted } }));
    expect(own.ok && own.value.adapter.canResume).toBe(false);
  });

  test('a name that nothing has is told with the nearest one, also when it is a word of JavaScript', async () => {
    const near = await resolveAgent('claud', wishes());
    expect(near).toMatchObject({ ok: false, failure: { code: 'agent/not-found' } });
    expect(JSON.stringify(near)).toContain('Did you mean claude?');
    expect(await resolveAgent('constructor', wishes())).toMatchObject({ ok: false });
  });

  test('a program that is missing is told with the key to mend', async () => {
    const missing = await resolveAgent('scripted', wishes({ definitions: { scripted } }));
    expect(missing).toMatchObject({
      ok: false,
      failure: { message: 'the agent scripted needs mine, which is not on the PATH' },
    });
    expect(JSON.stringify(missing)).toContain('agents.scripted');
  });
});

test('a program with a slash is a path from the top of the checkout; folders and plain files are none', async () => {
  const file = program('tools', 'agent');
  writeFileSync(join(folder, 'plain'), '');
  expect(await findProgram('tools/agent', '/bin', folder)).toBe(file);
  expect(await findProgram('./plain', '/bin', folder)).toBeUndefined();
  expect(await findProgram('./tools', '/bin', folder)).toBeUndefined();
  expect(await findProgram('agent', `/nowhere::${join(folder, 'tools')}`, folder)).toBe(file);
});
