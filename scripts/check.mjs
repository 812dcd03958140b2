// Lint, format, layers, dead code and generated documents, one after the other; all are run, all faults shown.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const steps = [
  ['lint', 'eslint', ['.', '--max-warnings=0']],
  ['format', 'prettier', ['--check', '--log-level=warn', '.']],
  ['layers', 'depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'lib']],
  ['dead code', 'knip', ['--no-progress']],
  ['generated files', process.execPath, ['scripts/generate.mjs', '--check']],
];
let failed = 0;
for (const [name, command, args] of steps) {
  const file = command === process.execPath ? command : join(root, 'node_modules/.bin', command);
  const { status } = spawnSync(file, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
