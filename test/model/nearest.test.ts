import { describe, expect, test } from '@jest/globals';
import { alike, editDistance, near, nearest } from '../../lib/model/nearest.js';

describe('nearest', () => {
  test.each([
    ['paralel', 'parallel'],
    ['parrallel', 'parallel'],
    ['aout', 'auto'],
    ['Agent', 'agent'],
    ['scedule', 'schedule'],
  ])('%s is taken for %s', (word, meant) => {
    expect(nearest(word, ['auto', 'agent', 'parallel', 'schedule'])).toBe(meant);
  });

  test.each(['xyz', 'a', '', 'no-auto', 'totally-different'])('%p is taken for nothing', (word) => {
    expect(nearest(word, ['auto', 'parallel', 'schedule'])).toBeUndefined();
  });

  test('the first of equally near candidates wins', () => {
    expect(nearest('bat', ['cat', 'rat'])).toBe('cat');
  });
});

test('names that are much alike are all told, the nearest first', () => {
  const ids = ['AUTH-010', 'AUTH-001', 'AUTH-01', 'DATABASE-1', 'B'];
  const meant = (word: string) => near(word, ids, alike).map(({ candidate }) => candidate);
  expect(meant('auth-01')).toEqual(['AUTH-01', 'AUTH-010', 'AUTH-001']);
  expect(meant('zzz')).toEqual([]);
});

test('the distance counts letters inserted, dropped, changed and swapped, up to a limit', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('ahtu', 'auth')).toBe(2);
  expect(editDistance('auht', 'auth')).toBe(1);
  expect(editDistance('abc', 'xyz', 1)).toBe(Infinity);
});
