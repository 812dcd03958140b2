import type { CliCommand } from '../command.js';

export const command: CliCommand = {
  name: 'validate',
  describe: 'Check the ticket index, the configuration and what a run needs; changes nothing',
  usageExitCode: 64,
  usage: ['sage validate'],
  options: {
    json: { type: 'flag', describe: 'Answer as JSON' },
    strict: { type: 'flag', describe: 'Warnings count as errors' },
  },
  run: () => Promise.resolve(0),
};
