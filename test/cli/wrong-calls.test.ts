import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandTable } from '../../lib/cli/command-table.js';
import { sage } from './sage.js';

const INDEX = '{"version":"1.0","tickets":[{"id":"T-1","state":"UNPROCESSED"}]}';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
  await mkdir(join(folder, '.sage/tickets'), { recursive: true });
  await writeFile(join(folder, '.sage/tickets/index.json'), INDEX);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The whole of what is said, line by line without the code at the end. */
const said = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ [a-z]+\/[a-z-]+$/, ''));

const COMMANDS = commandTable.map(({ name }) => name).join(', ');
const FORMS = '`--parallel=3` for three agents, `--parallel auto` to let sage choose';
const notParallel = (value: string) => [
  `error --parallel cannot be "${value}".`,
  `  → It must be a whole number from 0, or auto: ${FORMS}.`,
];
const BARE = ['error --parallel needs a value.', `  → Say how many: ${FORMS}.`];

const table: readonly [call: string, code: number, lines: readonly string[]][] = [
  ['strem --auto', 2, ['error There is no command "strem".', '  → Did you mean `sage stream`?']],
  [
    'frobnicate',
    2,
    [
      'error There is no command "frobnicate".',
      `  → Commands: ${COMMANDS}. \`sage --help\` says what they do.`,
    ],
  ],
  [
    '--auto stream',
    2,
    [
      'error A command is missing before "--auto".',
      `  → Commands: ${COMMANDS}. \`sage --help\` says what they do.`,
    ],
  ],
  [
    'stream --auto --paralel=3',
    2,
    ['error There is no flag --paralel in `sage stream`.', '  → Did you mean --parallel?'],
  ],
  [
    'stream --auot',
    2,
    ['error There is no flag --auot in `sage stream`.', '  → Did you mean --auto?'],
  ],
  [
    'stream --no-auto --dry-run',
    2,
    ['error There is no flag --no-auto in `sage stream`.', '  → `sage stream --help` lists them.'],
  ],
  ['stream --auto --parallel', 2, BARE],
  ['stream --parallel --auto', 2, BARE],
  ['stream --auto --parallel=', 2, BARE],
  ['stream --auto --parallel -1', 2, notParallel('-1')],
  ['stream --auto --parallel=-1', 2, notParallel('-1')],
  ['stream --auto --parallel 0x3', 2, notParallel('0x3')],
  ['stream --auto --parallel=3.5', 2, notParallel('3.5')],
  ['stream --auto --parallel=1e3', 2, notParallel('1e3')],
  ['stream --auto --parallel=abc', 2, notParallel('abc')],
  [
    'stream --auto --parallel=2 --parallel=3',
    2,
    ['error --parallel is given 2 times ("2", "3").', '  → Give it once.'],
  ],
  [
    'stream --parallel=4',
    2,
    [
      'error --parallel works only together with --auto.',
      '  → Side by side: `sage stream --auto --parallel=4`. One after the other: `sage stream --auto`.',
    ],
  ],
  [
    'stream --parallel auto --dry-run',
    2,
    [
      'error --parallel works only together with --auto.',
      '  → Side by side: `sage stream --auto --parallel=auto --dry-run`. One after the other: `sage stream --dry-run`.',
    ],
  ],
  [
    'stream --semi-auto --parallel=2',
    2,
    [
      'error --semi-auto and --parallel do not go together: agents side by side cannot wait for answers.',
      '  → Side by side, not asked: `sage stream --auto --parallel=2`. Asked, one after the other: `sage stream --semi-auto`.',
    ],
  ],
  [
    'stream --interactive --parallel=2',
    2,
    [
      'error --interactive and --parallel do not go together: agents side by side cannot wait for answers.',
      '  → Side by side, not asked: `sage stream --auto --parallel=2`. Asked, one after the other: `sage stream --interactive`.',
    ],
  ],
  [
    'stream --component-auto',
    2,
    [
      'error --semi-auto asks on a terminal, and this is none.',
      '  → A program is asked step by step: `sage stream --semi-auto --step`. Not asked: `sage stream --auto`.',
    ],
  ],
  [
    'stream --component-auto --step --parallel=auto',
    2,
    [
      'error --semi-auto, --step and --parallel do not go together: agents side by side cannot wait for answers.',
      '  → Side by side, not asked: `sage stream --auto --parallel=auto`. Asked, one after the other: `sage stream --semi-auto --step`.',
    ],
  ],
  [
    'stream --step --auto',
    2,
    [
      'error --step and --auto contradict each other: --auto asks nothing.',
      '  → Asked in between: `sage stream --step`. Not asked: `sage stream --auto`.',
    ],
  ],
  [
    'stream --interactive --semi-auto',
    2,
    [
      'error --interactive and --semi-auto contradict each other.',
      '  → Before each ticket and landing: `sage stream --interactive`. Once for each component: `sage stream --semi-auto`.',
    ],
  ],
  [
    'stream --semi-auto --json',
    2,
    [
      'error --semi-auto asks a person, and --json speaks to a program.',
      '  → A program answers step by step: `sage stream --semi-auto --step --json`.',
    ],
  ],
  [
    'stream --auto --for 9m',
    2,
    ['error --for is for --step.', '  → Write `sage stream --step --for 9m`.'],
  ],
  [
    'stream --step --for soon',
    2,
    ['error --for cannot be "soon".', '  → It must be a time such as 90s, 9m or 1h.'],
  ],
  [
    'reject',
    2,
    [
      'error `sage reject` needs ID.',
      '  → Usage: sage reject ID --note "what to change" or sage reject ID --defer [--note "why"] or sage reject ID --stop',
      'error `sage reject` needs to know what instead.',
      '  → One of: `sage reject ID --note "what to change"`, `sage reject ID --defer [--note "why"]`, `sage reject ID --stop`.',
    ],
  ],
  [
    'stream --explain T-1 --auto --limit 3',
    2,
    [
      'error --explain stands alone, but came with --auto, --limit.',
      '  → Write `sage stream --explain ID`, with --json if a program reads it.',
    ],
  ],
  ['stream --explain', 2, ['error --explain needs a value.', '  → Write --explain=ID.']],
  [
    'stream --auto T-1',
    2,
    [
      'error `sage stream` does not know what to do with "T-1".',
      '  → To work on one ticket: --only T-1.',
    ],
  ],
  [
    'stream --auto --format=mermaid',
    2,
    [
      'error --format is for the plan.',
      '  → Add --dry-run, or drop --format; a run speaks JSON with --json.',
    ],
  ],
  [
    'stream --dry-run --detach',
    2,
    [
      'error --detach is for a run, and nothing else takes long.',
      '  → Write `sage stream --auto --detach`, or drop --detach.',
    ],
  ],
  [
    'stream --dry-run --json --format=mermaid',
    2,
    ['error --json and --format mermaid contradict each other.', '  → Keep one of them.'],
  ],
  [
    'stream --auto --verify none --verify true',
    2,
    [
      'error --verify none and --verify with a command contradict each other.',
      '  → Give the commands, or `--verify none` alone.',
    ],
  ],
  [
    'stream --auto=yes',
    2,
    ['error --auto takes no value, but got "--auto=yes".', '  → Write --auto alone.'],
  ],
  [
    'stream --auto --limit 0 --max-cost=-3 --schedule=waves --order=P0 --format=pdf --dry-run',
    2,
    [
      'error --limit cannot be "0".',
      '  → It must be a whole number from 1.',
      'error --max-cost cannot be "-3".',
      '  → It must be US dollars, such as 20 or 2.50.',
      'error --schedule cannot be "waves".',
      '  → It must be rolling or batch.',
      'error --order cannot be "P0".',
      '  → It must be slack or priority.',
      'error --format cannot be "pdf".',
      '  → It must be text, mermaid or json.',
    ],
  ],
  [
    'validate --strickt',
    64,
    ['error There is no flag --strickt in `sage validate`.', '  → Did you mean --strict?'],
  ],
  [
    'rescue',
    2,
    [
      'error `sage rescue` needs the ID of a ticket.',
      '  → Usage: sage rescue ID [--branch NAME], or sage rescue --list',
    ],
  ],
  [
    'explain chekcs/red',
    2,
    ['error There is no failure code "chekcs/red".', '  → Did you mean `sage explain checks/red`?'],
  ],
  [
    'explain T-1',
    2,
    [
      'error There is no failure code "T-1".',
      '  → `sage explain` lists all. For a ticket: `sage stream --explain ID`.',
    ],
  ],
];

describe('wrong calls', () => {
  test.each(table)(
    '002-15.1 `sage %s` is refused with %i and the way out',
    async (call, code, lines) => {
      const answer = await sage(folder, call.split(' '));
      expect(said(answer.stderr)).toEqual(lines);
      expect(answer.code).toBe(code);
      if (!call.includes('--json')) expect(answer.stdout).toBe('');
    },
  );

  test('002-15.1 an empty number is refused like a missing one', async () => {
    const answer = await sage(folder, ['stream', '--auto', '--parallel', '']);
    expect([said(answer.stderr), answer.code]).toEqual([BARE, 2]);
  });

  test('002-1.3 none of them changed anything', async () => {
    expect(await readdir(folder, { recursive: true })).toEqual([
      '.sage',
      '.sage/tickets',
      '.sage/tickets/index.json',
    ]);
    expect(await readFile(join(folder, '.sage/tickets/index.json'), 'utf8')).toBe(INDEX);
  });

  test('with --json the failures also come as one document on stdout', async () => {
    const answer = await sage(folder, ['stream', '--json', '--auto', '--limit=x', '--paralel=2']);
    expect(answer.code).toBe(2);
    expect(JSON.parse(answer.stdout)).toEqual({
      version: 1,
      failures: [
        {
          code: 'usage/invalid',
          message: 'There is no flag --paralel in `sage stream`.',
          hint: 'Did you mean --parallel?',
        },
        {
          code: 'usage/invalid',
          message: '--limit cannot be "x".',
          hint: 'It must be a whole number from 1.',
        },
      ],
    });
  });

  test('what is echoed of a call cannot write to the terminal', async () => {
    const answer = await sage(folder, ['stream', '--auto', '\u001b]0;owned\u0007\u001b[2JT-1']);
    expect(answer.stderr).toContain('does not know what to do with "T-1"');
    expect(answer.stderr).not.toContain('\u001b');
  });
});
