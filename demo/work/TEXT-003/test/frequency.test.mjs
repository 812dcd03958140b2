import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frequency } from '../src/frequency.mjs';

test('sorts by number, then by alphabet', () => {
  assert.deepEqual(frequency('b a c b'), [
    ['b', 2],
    ['a', 1],
    ['c', 1],
  ]);
});
