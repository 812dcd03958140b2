import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { trailersOf, withTrailers } from '../../lib/model/commit-trailers.js';

/** What git itself takes for the trailers of a message. */
const byGit = (message: string) =>
  execFileSync('git', ['interpret-trailers', '--parse', '--no-divider'], {
    input: message,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((line) => line !== '');

const ours = (message: string) => trailersOf(message).map(([name, value]) => `${name}: ${value}`);
const LAND = [
  ['Closes', '#T-1'],
  ['Land-Id', 'run-1/T-1'],
] as const;

describe('commit trailers', () => {
  test.each([
    ['a subject alone', 'feat(x): #T-1 title'],
    ['a subject and a body', 'feat: title\n\nThe body: it has a colon.\nMore of it.'],
    ['a body that ends in trailers', 'feat: title\n\nBody.\n\nSigned-off-by: A <a@b>\nRefs: #2\n'],
    ['a body that ends in empty lines', 'feat: title\n\nBody.\n\n\n'],
    ['a divider in the body', 'feat: title\n\nBefore\n---\nafter\n'],
  ])('stand where git finds them, after %s', (_what, message) => {
    const whole = withTrailers(message, LAND);
    expect(ours(whole)).toEqual(byGit(whole));
    expect(ours(whole).slice(-2)).toEqual(['Closes: #T-1', 'Land-Id: run-1/T-1']);
    expect(whole.startsWith(message.trimEnd())).toBe(true);
  });

  test('are not looked for in the subject, nor in a last paragraph of prose', () => {
    expect(trailersOf('fix: something')).toEqual([]);
    expect(trailersOf('fix: x\n\nLand-Id: run-1/T-1\n\nLast words.')).toEqual([]);
    expect(trailersOf('fix: x\n\nLand-Id: run-1/T-1\nand some prose')).toEqual([]);
  });

  test('go on in lines that begin with white space', () => {
    const message = 'fix: x\n\nRefs: one\n  two\nLand-Id: a/b\n';
    expect(trailersOf(message)).toEqual([
      ['Refs', 'one two'],
      ['Land-Id', 'a/b'],
    ]);
  });

  test('take a value with newlines on one line', () => {
    expect(withTrailers('x', [['Reason', 'a\nb  c']])).toBe('x\n\nReason: a b c\n');
  });
});
