// Runs the compiled tests with jest: `node scripts/test.mjs [name part …] [jest flag …]`. With `--real-data` it runs
// only those over the real data in the folder that SAGE_REAL_DATA names.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const isRealData = words.includes('--real-data');
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    join(root, isRealData ? 'jest.real-data.config.json' : 'jest.config.json'),
    ...words.filter((word) => word !== '--real-data'),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
