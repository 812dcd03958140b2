// A check as every project has one: it fails when its cache is cold, and passes when tried again.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

const model = 'src/sentences.mjs';
if (existsSync(model) && !existsSync('.cache/warm')) {
  mkdirSync('.cache', { recursive: true });
  writeFileSync('.cache/warm', '');
  console.error('warm-up: the cache was cold and the check took too long (planted: a flaky check)');
  process.exitCode = 1;
} else {
  console.log('warm-up: fine');
}
