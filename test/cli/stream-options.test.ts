import { describe, expect, test } from '@jest/globals';
import type { CliCommand } from '../../lib/cli/command.js';
import { readStreamOptions } from '../../lib/cli/options/read-stream.js';
import { streamOptionTable } from '../../lib/cli/options/stream.js';
import { parseArguments } from '../../lib/cli/parse-arguments.js';

const command: CliCommand = {
  name: 'stream',
  describe: '',
  usage: [],
  options: streamOptionTable,
  run: () => Promise.resolve(0),
};

function options(...args: readonly string[]) {
  const { given, faults } = parseArguments(command, args);
  const read = readStreamOptions(given);
  expect([...faults, ...read.faults]).toEqual([]);
  return read.options;
}

describe('the options of sage stream', () => {
  test('what is not said is not there, so that the configuration counts', () => {
    expect(options('--auto')).toEqual({
      mode: 'run',
      auto: true,
      only: [],
      components: [],
      format: 'text',
      quiet: false,
      plain: false,
      overrides: {},
    });
  });

  test.each([
    ['--parallel=3', 3],
    ['--parallel 3', 3],
    ['--parallel=12', 12],
    ['--parallel=0', 0],
    ['--parallel=auto', 'auto'],
    ['--parallel auto', 'auto'],
  ])('002-1.1 002-1.2 --auto %s asks for %p', (text, parallel) => {
    expect(options('--auto', ...text.split(' '))?.overrides).toEqual({ parallel });
  });

  test('every value reaches its place', () => {
    expect(
      options(
        ...['--auto', '--only', 'T-1', '--only=T-2', '--component', 'CORE', '--limit', '3'],
        ...['--max-cost=2.50', '--verify', 'npm test', '--verify=npm run lint', '--agent=mine'],
        ...['--target', 'topic', '--schedule=batch', '--order', 'priority', '--json', '-q'],
      ),
    ).toEqual({
      mode: 'run',
      auto: true,
      only: ['T-1', 'T-2'],
      components: ['CORE'],
      limit: 3,
      target: 'topic',
      format: 'json',
      quiet: true,
      plain: false,
      overrides: {
        agent: 'mine',
        'limits.maxCostUsd': 2.5,
        order: 'priority',
        schedule: 'batch',
        verify: ['npm test', 'npm run lint'],
      },
    });
  });

  test('ids that look like numbers or flags of the shell stay as they were typed', () => {
    expect(options('--auto', '--only', '007', '--only=1e3', '--only=-T')?.only).toEqual([
      '007',
      '1e3',
      '-T',
    ]);
  });

  test.each([
    [['--verify', 'none'], 'none'],
    [['--verify', 'make -k test'], ['make -k test']],
  ] as const)('%j is verify: %j', (args, verify) => {
    expect(options('--auto', ...args)?.overrides.verify).toEqual(verify);
  });

  test('--dry-run previews the run that --auto and --parallel would start', () => {
    const preview = options('--auto', '--parallel=3', '--dry-run', '--format=mermaid');
    expect(preview).toMatchObject({ mode: 'dry-run', auto: true, format: 'mermaid' });
    expect(preview?.overrides.parallel).toBe(3);
  });

  test('--explain takes an id, with --json', () => {
    expect(options('--explain', 'T-1', '--json')).toMatchObject({
      mode: 'explain',
      explain: 'T-1',
      format: 'json',
    });
  });

  test('a flag said twice is said once; =true and =false are understood', () => {
    expect(options('--auto', '--auto', '--plain=false', '--quiet=true')).toMatchObject({
      auto: true,
      plain: false,
      quiet: true,
    });
  });
});
