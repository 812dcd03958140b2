import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../src/commands.mjs';

test('report is JSON with all figures', () => {
  assert.deepEqual(JSON.parse(commands.report('One two. Two.')), {
    characters: 13,
    words: 3,
    vocabulary: 2,
    wordsInSentence: 1.5,
    top: ['two', 'one'],
  });
});
