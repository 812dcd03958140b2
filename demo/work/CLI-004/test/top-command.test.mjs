import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../src/commands.mjs';

test('top prints the ten most frequent words', () => {
  const text = 'a b c d e f g h i j k '.repeat(2) + 'k';
  assert.equal(commands.top(text).split('\n').length, 10);
  assert.equal(commands.top(text).split('\n')[0], '3 k');
});
