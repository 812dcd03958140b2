import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentences } from '../src/sentences.mjs';

test('a number with a point ends no sentence', () => {
  assert.deepEqual(sentences('It is 3.14. Is it? Yes!'), ['It is 3.14.', 'Is it?', 'Yes!']);
});
