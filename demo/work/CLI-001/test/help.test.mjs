import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../src/commands.mjs';

test('help names every command, itself included', () => {
  const said = commands.help('');
  for (const name of Object.keys(commands)) assert.match(said, new RegExp(`^  ${name}$`, 'm'));
});
