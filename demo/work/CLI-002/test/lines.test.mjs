import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../src/commands.mjs';

test('counts lines with and without a newline at the end', () => {
  assert.equal(commands.lines('a\nb\n'), '2');
  assert.equal(commands.lines('a\nb'), '2');
  assert.equal(commands.lines(''), '0');
});
