import { describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import * as library from '../../lib/index.js';
import type { CliCommand } from '../../lib/cli/command.js';
import { parseArguments } from '../../lib/cli/parse-arguments.js';
import { presetOptionTable, readPresetOptions } from '../../lib/cli/preset/options.js';
import { attemptAddress, ticketId } from '../../lib/model/ids.js';
import { itemStateOf } from '../../lib/model/item.js';
import type { ItemList } from '../../lib/model/items-schema.js';
import { itemsText } from '../../lib/show/items-text.js';
import { saidLines } from '../../lib/show/said-lines.js';

const paint = new Chalk({ level: 0 });
const command: CliCommand = {
  name: 'requirements',
  describe: '',
  usage: [],
  options: presetOptionTable,
  run: () => Promise.resolve(0),
};

function read(...args: readonly string[]) {
  const { given, faults } = parseArguments(command, args);
  const answer = readPresetOptions(given, { name: 'requirements', word: 'issue' });
  return { options: answer.options, faults: [...faults, ...answer.faults] };
}

describe('the flags of the workflow tools', () => {
  test.each([
    ['--parallel 4', 4],
    ['--parallel=4', 4],
    ['--parallel auto', 'auto'],
    ['--parallel=0', 0],
    ['--parallel=99', 99],
  ])('003-1.4 003-3.10 003-6.1 T010 %s', (line, parallel) => {
    const { options, faults } = read(...line.split(' '));
    expect(faults).toEqual([]);
    expect(options).toMatchObject({ mode: 'run', overrides: { parallel } });
  });

  test('003-4.1 X4 nothing said is sequential, and nothing looks at the CPUs', () => {
    expect(read().options).toMatchObject({ mode: 'run', overrides: {} });
  });

  test.each(['--parallel', '--parallel='])('003-6.2 003-3.11 %s says both forms', (flag) => {
    expect(read(flag).faults[0]?.hint).toBe(
      'Say how many: `--parallel=3` for three agents, `--parallel auto` to let sage choose.',
    );
  });

  test('003-6.3 003-6.4 T030 T040 --dry-run, alone and with --parallel', () => {
    expect(read('--dry-run').options).toMatchObject({ mode: 'dry-run', overrides: {} });
    const both = read('--parallel', '2', '--dry-run').options;
    expect(both).toMatchObject({ mode: 'dry-run', overrides: { parallel: 2 } });
  });

  test('an item is named by its id or its number; what does not fit is told with the calls that do', () => {
    expect(read('--only=7', '--only=issue-8').options?.only).toEqual(['issue-7', 'issue-8']);
    const { faults } = read('--detach', '--dry-run', '--parallel=-1');
    expect(faults.map(({ hint }) => hint)).toEqual([
      'Write `sage requirements --detach`, or drop --detach.',
      expect.stringContaining('whole number'),
    ]);
  });
});

describe('the words of the workflow tools', () => {
  const item = { id: 'issue-42', issue: 42, title: 'Retry\u001b[31m', source: 'a.md' };
  const text = (items: ItemList['items'], workers = 1, tool: ItemList['tool'] = 'requirements') =>
    itemsText({ version: 1, tool, workers, items }, paint).split('\n');

  test('a table of what is pending, and why not the rest', () => {
    expect(text([{ ...item, state: 'pending', output: 'LLD-042.md' }])).toEqual([
      'id        issue  state    title  output',
      'issue-42  #42    pending  Retry  LLD-042.md',
      '',
      '1 pending, one at a time. Nothing was started.',
    ]);
    expect(text([{ ...item, state: 'pending' }], 3, 'implement').slice(0, 4)).toEqual([
      'id        issue  state    title  source',
      'issue-42  #42    pending  Retry  a.md',
      '',
      '1 pending, 3 at once. Nothing was started.',
    ]);
    expect(text([{ ...item, state: 'pending' }])[1]).toBe('issue-42  #42    pending  Retry');
    expect(text([{ ...item, state: 'pending', why: 'was not asked for' }])).toEqual([
      'Nothing to process: 1 found, none of them is pending.',
      '  issue-42 not now: was not asked for',
    ]);
    expect(text([{ ...item, state: 'completed' }])[1]).toBe('  issue-42 completed: ');
  });

  test('003-1.5 X22 the four states of an index are the four of an item', () => {
    const states = ['UNPROCESSED', 'IN_PROGRESS', 'COMPLETED', 'DEFERRED'] as const;
    expect(states.map(itemStateOf)).toEqual(['pending', 'running', 'completed', 'failed']);
  });

  test('003-3.6 what an agent says has its item before each line; what only counts is not said', () => {
    const said = (message: Parameters<typeof saidLines>[1]) =>
      saidLines(attemptAddress(ticketId('issue-42'), 1), message, paint);
    expect(said({ type: 'text', text: 'one\n\n two \u001b[2J' })).toEqual([
      '[issue-42] one',
      '[issue-42]  two',
    ]);
    expect(said({ type: 'tool', name: 'Read', summary: 'a.ts' })).toEqual([
      '[issue-42] · Read a.ts',
    ]);
    expect(said({ type: 'usage', usage: {} })).toEqual([]);
    expect(said({ type: 'ended', ok: true, message: '' })).toEqual([]);
  });

  test('003-1.3 the package exports what a caller needs from one place', () => {
    const states: readonly library.ItemState[] = ['pending', 'running', 'completed', 'failed'];
    const one: library.ItemList['items'][number] = { ...item, state: states[0] ?? 'pending' };
    expect(one.state).toBe('pending');
    expect(library.itemStateOf('DEFERRED')).toBe('failed');
  });
});
