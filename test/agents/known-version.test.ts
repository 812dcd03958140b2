import { expect, test } from '@jest/globals';
import { isKnownVersion } from '../../lib/agents/known-version.js';

test.each([
  ['2.1.329 (Claude Code)', true],
  ['2.1', true],
  ['codex-cli 0.169.0', true],
  ['2.10.1', false],
  ['12.1', false],
  ['2', false],
  ['0.169', false],
  ['a nightly build', false],
])('the version %j is known: %s', (told, known) => {
  expect(isKnownVersion(['2.1', '0.169.0'], told)).toBe(known);
});
