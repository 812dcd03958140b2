import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readability } from '../src/readability.mjs';

test('is the average number of words, to a tenth', () => {
  assert.equal(readability('One two three. Four.'), 2);
  assert.equal(readability(''), 0);
});
