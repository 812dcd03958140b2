import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../lib/model/nearest.js';

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
