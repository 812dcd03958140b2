import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

test('tells its version', () => {
  const said = execFileSync(process.execPath, ['src/cli.mjs', 'version'], { encoding: 'utf8' });
  assert.equal(said, '1.0.0\n');
});
