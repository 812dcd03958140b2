import { describe, expect, test } from '@jest/globals';
import { readChoice, readDollars, readParallel, readWhole } from '../../lib/config/values.js';

describe('values as typed', () => {
  test.each([
    '-1',
    '0x3',
    '3.5',
    '',
    '1e3',
    'abc',
    '+3',
    ' 3',
    '3 ',
    '03',
    '1_000',
    '٣',
    'Auto',
    'NaN',
  ])('002-5.4 %p is no number of agents', (text) => {
    expect(readParallel(text)).toBeUndefined();
  });

  test.each([
    ['0', 0],
    ['1', 1],
    ['12', 12],
    ['auto', 'auto'],
  ])('002-5.4 %s is a number of agents', (text, value) => {
    expect(readParallel(text)).toBe(value);
  });

  test('a number too long to be exact is refused', () => {
    expect(readWhole('99999999999999999999')).toBeUndefined();
  });

  test.each([
    ['20', 20],
    ['2.50', 2.5],
    ['0', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['$5', undefined],
    ['', undefined],
    ['.5', undefined],
  ])('%p dollars are %p', (text, value) => {
    expect(readDollars(text)).toBe(value);
  });

  test('a choice is its exact word', () => {
    expect(readChoice('batch', ['rolling', 'batch'])).toBe('batch');
    expect(readChoice('Batch', ['rolling', 'batch'])).toBeUndefined();
  });
});
