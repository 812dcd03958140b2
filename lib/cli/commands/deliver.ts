import type { CliCommand } from '../command.js';

export const command: CliCommand = {
  name: 'deliver',
  describe: "Bring a finished run's branch into the branch it started from",
  usage: ['sage deliver [RUN]'],
  positionals: ['[RUN]'],
  options: {
    target: { type: 'value', placeholder: 'BRANCH', describe: 'Another branch to deliver to' },
    json: { type: 'flag', describe: 'Answer as JSON' },
  },
  run: () => Promise.resolve(0),
};
