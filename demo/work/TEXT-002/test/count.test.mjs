import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count } from '../src/count.mjs';

test('counts characters as people do', () => {
  assert.deepEqual(count('to be 👍 or to be'), { characters: 16, words: 5, vocabulary: 3 });
});
