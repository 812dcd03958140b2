import assert from 'node:assert/strict';
import { test } from 'node:test';
import { words } from '../src/words.mjs';

test('finds words of any script, apostrophes inside', () => {
  assert.deepEqual(words("Don't panic: Größe, 文."), ["don't", 'panic', 'größe', '文']);
});

test('an empty text has none', () => {
  assert.deepEqual(words(''), []);
});
