// Runs the compiled tests with jest: `node scripts/test.mjs [name part …] [jest flag …]`. With `--real-data` it runs
// only those over the real data in the folder that SAGE_REAL_DATA names, with `--agents` only those that drive the real
// agent CLIs, with `--coverage-of-items` those of the workflow tools, which must reach nearly all of them.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installAgentClis } from './agent-clis.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const suites = {
  '--real-data': 'jest.real-data.config.json',
  '--agents': 'jest.agents.config.json',
  '--coverage-of-items': 'jest.coverage.config.json',
};
const words = process.argv.slice(2);
const suite = Object.keys(suites).find((flag) => words.includes(flag));
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    join(root, suites[suite] ?? 'jest.config.json'),
    ...words.filter((word) => word !== suite),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(suite === '--agents' ? installAgentClis(root) : {}) },
  },
);
process.exit(status ?? 1);
