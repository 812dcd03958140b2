import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fingerprint } from '../../lib/checks/fingerprint.js';
import { repositoryRoot } from '../rig/home.js';
import { outputs } from './outputs.js';
import { recorded, textOf } from './recorded.js';

const FILES = {
  'node/a.test.js': `
const { test, describe, it } = require('node:test');
test('passes', () => {});
test('fails # here', () => { throw new Error('not ok 1 - no test'); });
describe('outer', () => {
  it('fails', () => { throw new Error('✖ no test (1ms)'); });
  describe('deep', () => { it('fails', () => { throw 1; }); it('passes', () => {}); });
});
test('parent', async (t) => { await t.test('child', () => { throw new Error('x'); }); });
test('some day', { todo: true }, () => { throw 1; });`,
  'node/b.test.js': `const { test } = require('node:test'); test('fails # here', () => { throw 1; });`,
  'node/c.test.js': 'process.exit(3);',
  'jest/package.json': '{}',
  'jest/a.test.js': `
test('passes', () => {});
describe('outer', () => {
  test('fails', () => { console.log('  ● no test'); throw new Error('x'); });
  test('fails, too', () => { expect(1).toBe(2); });
});`,
  'jest/b.test.js': `test('fails', () => { throw new Error('x'); });`,
  'jest/c.test.js': `require('./missing.js');`,
  'tsc/a.ts': `export const a: number = 'x';\n\nexport const b: number = 'y';\nnothing();\n`,
  'eslint/eslint.config.mjs': `export default [{ rules: { 'no-var': 'error', 'no-empty': 'warn' } }];`,
  'eslint/a.mjs': 'var a = 1;\nvar b = 2;\nif (a === b) {\n}\n',
  'eslint/warned.mjs': 'if (1 === 2) {\n}\n',
};

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'sage-test-')));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a program prints to both streams, run by node in `folder` with colours wanted. */
function print(folder: string, ...args: string[]): string {
  const tool = spawnSync('sh', ['-c', 'exec "$0" "$@" 2>&1', process.execPath, ...args], {
    cwd: join(root, folder),
    env: { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '1' },
    encoding: 'utf8',
  });
  expect(tool.status).not.toBe(0);
  return tool.stdout;
}

const package_ = (path: string) => join(repositoryRoot, 'node_modules', path);
const named = (output: string) => fingerprint(output, [root]);

const NODE = [
  'node/a.test.js › fails # here',
  'node/a.test.js › outer › deep › fails',
  'node/a.test.js › outer › fails',
  'node/a.test.js › parent › child',
  'node/b.test.js › fails # here',
  'node/c.test.js',
];

describe('the names of failures', () => {
  test.each(['tap', 'spec'])('node --test, reporter %s, as it really prints', (reporter) => {
    const output = print('.', '--test', `--test-reporter=${reporter}`, 'node');
    expect(named(output)).toEqual({ failures: NODE });
    // Cut off before its counts, it may have had more to say.
    const cut = output.slice(0, output.search(/^(1\.\.\d|ℹ tests)/m));
    expect(named(cut).unnamed).toContain('ends before its summary');
  });

  test('jest, as it really prints', () => {
    const output = print('jest', package_('jest/bin/jest.js'), '--rootDir=.');
    expect(named(output)).toEqual({
      failures: [
        './a.test.js › outer › fails',
        './a.test.js › outer › fails, too',
        './b.test.js › fails',
        './c.test.js › Test suite failed to run',
      ],
    });
  });

  test.each(['true', 'false'])('tsc --pretty %s, as it really prints', (pretty) => {
    const output = print(
      'tsc',
      package_('typescript/bin/tsc'),
      '--noEmit',
      '--lib',
      'es5',
      '--pretty',
      pretty,
      'a.ts',
    );
    const text = "TS2322 Type 'string' is not assignable to type 'number'.";
    expect(named(output)).toEqual({
      failures: [
        `a.ts ${text}`,
        `a.ts ${text} (2)`,
        "a.ts TS2304 Cannot find name 'nothing'.",
      ].sort(),
    });
  });

  test('eslint, as it really prints; warnings count when there are too many', () => {
    const run = (...args: string[]) =>
      named(print('eslint', package_('eslint/bin/eslint.js'), ...args));
    const errors = ['eslint/a.mjs no-var Unexpected var, use let or const instead'];
    expect(run('a.mjs')).toEqual({ failures: [errors[0], `${errors[0]} (2)`] });
    expect(run('--max-warnings=0', 'warned.mjs')).toEqual({
      failures: ['eslint/warned.mjs no-empty Empty block statement'],
    });
  });

  test.each(recorded)('$file, as $by really printed it', (output) => {
    const { failures, unnamed } = output;
    const told = fingerprint(textOf(output), ['/w/p']);
    expect(told).toEqual(
      unnamed === undefined ? { failures } : { unnamed: expect.stringContaining(unnamed) },
    );
  });

  test.each(recorded.filter(({ failures }) => failures))(
    '$file cut off anywhere is never read as fewer failures',
    (output) => {
      const lines = textOf(output).split('\n');
      const faults = lines.flatMap((_, at) => {
        const { failures } = fingerprint(lines.slice(0, at).join('\n'), ['/w/p']);
        const isFewer = failures !== undefined && failures.length < output.failures!.length;
        return isFewer ? [`${at} of ${lines.length} lines: ${failures.join(', ')}`] : [];
      });
      expect(faults).toEqual([]);
    },
  );

  test.each(outputs)('$of', ({ text, failures }) => {
    expect(named(text)).toMatchObject({ failures });
  });

  test('neither colours, line ends, times nor the lane’s path are part of a name', () => {
    const plain = { failures: ['a.sh'], lines: 1 };
    const other = '\u001b[31mFAIL\u001b[0m /w/lane-7/a.sh (3 ms)\r\n';
    expect(fingerprint(other, ['/w/lane-7'])).toEqual(plain);
    expect(fingerprint('FAIL /w/check-1/a.sh (1.2s)\n', ['/w/check-1'])).toEqual(plain);
  });

  test('what names nothing, or less than it counts, is not named at all', () => {
    expect(named('Segmentation fault\n').unnamed).toContain('no failing test');
    const python = outputs.find(({ of }) => of === 'unittest')?.text ?? '';
    expect(named(python.replace('FAIL: test_adds', 'test_adds')).unnamed).toContain(
      '1 of the 2 failures it counts are not named',
    );
  });

  test('a plan that stands first is no end: all it promised must come', () => {
    const bats = outputs.find(({ of }) => of === 'bats')?.text ?? '';
    expect(named(bats.replace('1..3', '1..4')).unnamed).toContain('ends before its summary');
  });

  test('two tests of one name cannot be told apart', () => {
    const text = '1..2\nnot ok 1 - same\nnot ok 2 - same\n';
    expect(named(text).unnamed).toContain('two failures have the same name, same');
  });

  test('thousands of failures are no baseline', () => {
    const text = Array.from({ length: 1_001 }, (_, at) => `FAIL test ${at}\n`).join('');
    expect(named(text).unnamed).toContain('1001 failures');
  });
});
