import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../lib/config/parse.js';
import { readKeys } from '../../lib/config/read-keys.js';
import { changedKeys, keyMarksOf, poolsOf } from '../../lib/run/keys.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sage-test-'));
});
afterEach(() => rmSync(root, { recursive: true }));

type From = { environment?: string[]; file?: string; command?: string[] };
const pool = (from: From) => ({ variable: 'A_KEY', from, maxConcurrent: 1, waitMinutes: 30 });

const read = (from: From, variables: Readonly<Record<string, string>> = {}, limitMs = 20_000) =>
  readKeys(
    { claude: pool(from) },
    { root, variables: { PATH: process.env['PATH'] ?? '', ...variables }, commandLimitMs: limitMs },
  );

const messages = async (reading: ReturnType<typeof read>) =>
  (await reading).diagnostics.map(({ severity, message }) => `${severity}: ${message}`);

test('003-1.8 keys come from variables, the lines of a file or of what a command prints, numbered in their order', async () => {
  const file = join(root, 'keys');
  writeFileSync(file, '# mine\nfirst-key-1\n\n  second-key-2 \n', { mode: 0o600 });
  const keys = [
    { id: 'key-1', value: 'first-key-1' },
    { id: 'key-2', value: 'second-key-2' },
  ];
  const ring = { agent: 'claude', variable: 'A_KEY', keys };
  const whole = { rings: [ring], diagnostics: [] };
  expect(await read({ file: 'keys' })).toEqual(whole);
  expect(await read({ command: ['cat', file] })).toEqual(whole);
  const variables = { ONE: 'first-key-1', TWO: 'second-key-2' };
  expect(await read({ environment: ['ONE', 'TWO'] }, variables)).toEqual(whole);
  expect(await readKeys(undefined, { root, variables })).toEqual({ rings: [], diagnostics: [] });
});

test('003-7.1 all faults of the keys are told at once, by id and place and never by value', async () => {
  const variables = { ONE: 'first-key-1', TWO: 'first-key-1', FEW: 'short-k', NONE: ' ' };
  const told = await messages(
    read({ environment: ['ONE', 'GONE', 'TWO', 'FEW', 'NONE'] }, variables),
  );
  expect(told).toEqual([
    'error: The keys of claude: the variable GONE is not set.',
    'error: The keys of claude: key-2 (the variable TWO) is the same as key-1 (the variable ONE).',
    'error: The keys of claude: key-3 (the variable FEW) is too short for a key.',
    'error: The keys of claude: key-4 (the variable NONE) is empty.',
  ]);
});

test('a file that is not there or empty is a fault, one that others can read a warning', async () => {
  expect(await messages(read({ file: 'gone' }))).toEqual([
    `error: The keys of claude: the file ${join(root, 'gone')} is not there.`,
  ]);
  const file = join(root, 'open');
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  expect(await messages(read({ file }))).toEqual([
    'error: The keys of claude: there is no key in it.',
    `warning: The keys of claude: ${file} can be read by others; \`chmod 600\` closes it.`,
  ]);
});

test('a command that fails, is not there or does not end is a fault; what it printed is not told', async () => {
  const command = (script: string) => ({ command: ['sh', '-c', script] });
  expect(
    await messages(read(command('echo a-secret-value; echo a-secret-value >&2; exit 3'))),
  ).toEqual(['error: The keys of claude: the command sh ended with code 3.']);
  expect(await messages(read({ command: ['no-such-program'] }))).toEqual([
    'error: The keys of claude: the command no-such-program could not be started (ENOENT).',
  ]);
  expect(await messages(read(command('sleep 100 & sleep 100'), {}, 100))).toEqual([
    'error: The keys of claude: the command sh did not end within 0.1 seconds.',
  ]);
});

test('a key that somebody wrote into the configuration is not repeated', () => {
  const told = (text: string) => JSON.stringify(parseConfig(text).diagnostics);
  const key = 'sk-ant-1234567890';
  const inPool = (line: string) => told(`credentials:\n  claude:\n    ${line}\n`);
  for (const text of [
    inPool(`{ variable: A, from: ${key} }`),
    inPool(`{ variable: A, from: { environment: [${key}] } }`),
    inPool(`{ variable: ${key}, from: { environment: [A] } }`),
    inPool(`{ variable: A, from: { environment: ${key} } }`),
  ]) {
    expect(text).toContain('"severity":"error"');
    expect(text).not.toContain(key);
  }
});

test('a pool has exactly one source and an agent that is known', () => {
  const { diagnostics } = parseConfig(
    'credentials:\n  cluade: { variable: A, from: { file: x, environment: [B] } }\n',
  );
  expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
    ['config/unknown-agent', 'Did you mean `claude`?'],
    ['config/invalid-value', 'Say one of `environment`, `file` and `command`.'],
  ]);
});

test('a run knows of its keys their ids and limits; who goes on with it hears which are gone or others', async () => {
  const before = await read({ command: ['printf', 'first-key-1\nsecond-key-2\nthird-key-3\n'] });
  const settings = { ...pool({ file: 'x' }), perMinute: 20 };
  expect(poolsOf({ claude: settings }, before)).toEqual({
    pools: [
      {
        agent: 'claude',
        keys: ['key-1', 'key-2', 'key-3'].map((id) => ({ id, maxConcurrent: 1, perMinute: 20 })),
        waitMs: 1_800_000,
      },
    ],
  });
  const after = await read({ command: ['printf', 'first-key-1\nanother-key\n'] });
  const marks = keyMarksOf('run', before);
  expect(changedKeys(marks, keyMarksOf('run', before))).toEqual([]);
  expect(changedKeys(marks, keyMarksOf('run', after))).toEqual([
    'key-2 of claude is another key than the one with which the run began',
    'key-3 of claude is gone since the run began',
  ]);
  expect(poolsOf({}, { rings: [], diagnostics: [] })).toEqual({});
});
