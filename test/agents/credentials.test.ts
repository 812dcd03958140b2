import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { commandAdapter } from '../../lib/agents/command/adapter.js';
import { createRedaction } from '../../lib/process/redact.js';
import { createRunProcess } from '../../lib/process/run-process.js';
import { AgentStage } from '../conformance/agents.js';

const KEYS = ['one-1234567890-one', 'two-1234567890-two', 'three-12345678-three'] as const;

let stage: AgentStage;
beforeEach(() => {
  stage = new AgentStage();
});
afterEach(() => stage.clean());

const agent = (script: string): ChosenAgent => {
  const command = [stage.program('mine', `#!/bin/sh\n${script}\n`), 'an argument'];
  const adapter = commandAdapter({ name: 'mine', command, prompt: 'stdin', root: stage.folder });
  // As careless as it can be said: the names of other keys are on its own list.
  return { name: 'mine', adapter, environment: ['KEY_ONE', 'KEY_TWO', 'MINE_KEY'] };
};

const deps = () => {
  const variables = { PATH: stage.path, MINE_KEY: KEYS[0], KEY_ONE: KEYS[0], KEY_TWO: KEYS[1] };
  const redaction = createRedaction(KEYS.map((value, at) => ({ name: `key-${at + 1}`, value })));
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  if (!redaction) throw new Error('no keys');
  return {
    variables,
    withheld: new Set(['MINE_KEY', 'KEY_ONE', 'KEY_TWO']),
    secretOf: (name: string, key: string) => {
      const value = KEYS[Number(key.slice(4)) - 1];
      return name === 'mine' && value ? { variable: 'MINE_KEY', value } : undefined;
    },
    redact: (text: string) => redaction.text(text),
    runProcess: createRunProcess({ clock, redaction }),
  };
};

test('003-1.8 an attempt gets exactly the key that is leased to it, in its environment and never as an argument', async () => {
  const script = 'env > environment.txt; tr "\\0" "\\n" < /proc/$$/cmdline > arguments.txt';
  await stage.call(agent(script), deps(), { credential: 'key-2' });
  const environment = stage.text('lane-1/environment.txt');
  expect(environment).toContain(`\nMINE_KEY=${KEYS[1]}\n`);
  expect(environment.split(KEYS[1])).toHaveLength(2);
  expect(environment).not.toContain(KEYS[0]);
  expect(environment).not.toContain(KEYS[2]);
  expect(environment).not.toMatch(/^KEY_(ONE|TWO)=/m);
  expect(stage.text('lane-1/arguments.txt')).toContain('an argument');
  expect(stage.text('lane-1/arguments.txt')).not.toContain(KEYS[1]);
});

test('003-1.8 without a lease it gets none, whatever its own list says', async () => {
  await stage.call(agent('env > environment.txt'), deps());
  const environment = stage.text('lane-1/environment.txt');
  for (const key of KEYS) expect(environment).not.toContain(key);
  expect(environment).not.toContain('MINE_KEY');
});

test('a key that is gone is told, and nothing is started', async () => {
  const outcome = await stage.call(agent('touch started'), deps(), { credential: 'key-9' });
  expect(outcome).toMatchObject({
    end: { kind: 'not-started' },
    failure: { code: 'agent/not-logged-in', message: 'key-9 of mine is not there any more' },
  });
  expect(readdirSync(join(stage.folder, 'lane-1'))).toEqual([]);
});

test('003-7.1 what is told of a call names its key by id, also where only the decoded words show it', async () => {
  const key = KEYS[1];
  const spelt = Array.from(key, (one) => `\\\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const outcome = await stage.call(
    agent(
      [
        `echo "my key is $MINE_KEY"`,
        `printf '%s\\n' '{"sage":"waiting","reason":"what about ${spelt.join('')}?"}'`,
        `echo "cannot call with $MINE_KEY" >&2; exit 1`,
      ].join('\n'),
    ),
    deps(),
    { credential: 'key-2' },
  );
  expect(stage.messages[0]).toEqual({ type: 'text', text: 'my key is [key-2]' });
  expect(outcome.lastMessage).toContain('cannot call with [key-2]');
  const written = readdirSync(join(stage.folder, 'run'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(written.length).toBeGreaterThan(2);
  for (const text of [...written, JSON.stringify(outcome), JSON.stringify(stage.messages)]) {
    expect(text).not.toContain(key);
  }
});
