import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands } from '../src/commands.mjs';

test('the README names every command', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const name of Object.keys(commands)) assert.ok(readme.includes(`\`${name}\``), name);
});
