// The long form of the kill matrix: `npm run test:crash -- [--kills=N] [--seed=S] [--minutes=M]` kills until there were N
// kills or M minutes are over. Prints each broken story with its seed and where its folder was kept.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '120' },
  },
});
const { status } = spawnSync(
  process.execPath,
  [join(dirname(fileURLToPath(import.meta.url)), 'test.mjs'), 'dist/test/crash/'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      SAGE_CRASH_KILLS: values.kills,
      SAGE_CRASH_SEED: values.seed,
      SAGE_CRASH_MINUTES: values.minutes,
    },
  },
);
process.exit(status ?? 1);
