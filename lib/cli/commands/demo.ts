import { randomInt } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWhole } from '../../config/values.js';
import type { Failure } from '../../model/failure.js';
import type { Arguments, CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';

const KILLS = 12;
const SEED_LIMIT = 1_000_000;

export const command: CliCommand = {
  name: 'demo',
  describe: 'Watch agents build a small program, offline, in a temporary folder',
  usage: ['sage demo [--rm]', 'sage demo --chaos [--seed=N] [--kills=N] [--rm]'],
  options: {
    chaos: {
      type: 'flag',
      describe: 'Kill it at random moments, go on each time, compare the end',
    },
    seed: { type: 'value', placeholder: 'N', describe: 'Draw the same moments as seed N did' },
    kills: { type: 'value', placeholder: 'N', describe: `How often it is killed; ${KILLS}` },
    rm: { type: 'flag', describe: 'Remove the folder at the end' },
  },
  epilogue:
    'Real git, real processes, real checks; the agent is a script with no model behind it. Two tickets conflict, one agent claims tests that it never ran, one check is flaky: all planted. After --chaos the folder is kept when anything is not as it should be.',
  check: (given) => [...faultsOf(given, 'seed'), ...faultsOf(given, 'kills')],
  run: async (context, given) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sage-demo-')));
    const isKept = !given.flags.has('rm');
    if (!given.flags.has('chaos')) {
      const { play } = await import('../demo/play.js');
      return play(context, folder, isKept).finally(() => (isKept ? undefined : remove(folder)));
    }
    const { playChaos } = await import('../demo/chaos.js');
    const options = {
      seed: numberOf(given, 'seed') ?? randomInt(SEED_LIMIT),
      kills: numberOf(given, 'kills') ?? KILLS,
    };
    const code = await playChaos(context, folder, options, isKept);
    if (!isKept && code === exitCode.done) await remove(folder);
    return code;
  },
};

const remove = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 5 });

const numberOf = ({ values }: Arguments, name: string) => readWhole(values[name]?.at(-1) ?? '');

/** A number that is none, or one that nothing uses. */
function faultsOf(given: Arguments, name: string): readonly Failure[] {
  const text = given.values[name]?.at(-1);
  if (text === undefined || text === '') return [];
  const fault = (message: string, hint: string): Failure => ({
    code: 'usage/invalid',
    message,
    hint,
  });
  if (!given.flags.has('chaos')) {
    return [fault(`--${name} goes with --chaos only.`, `sage demo --chaos --${name}=${text}`)];
  }
  if (numberOf(given, name) !== undefined) return [];
  return [
    fault(`--${name} cannot be "${text.slice(0, 60)}".`, 'It must be a whole number from 0.'),
  ];
}
