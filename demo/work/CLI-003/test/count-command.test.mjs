import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../src/commands.mjs';

test('count prints one figure a line', () => {
  assert.equal(commands.count('to be'), 'characters 5\nwords 2\nvocabulary 2');
});
