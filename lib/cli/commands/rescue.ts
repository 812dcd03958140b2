import type { CliCommand } from '../command.js';

export const command: CliCommand = {
  name: 'rescue',
  describe: 'Restore the kept work of a ticket that did not land, on a branch',
  usage: ['sage rescue ID'],
  positionals: ['ID'],
  options: {
    branch: { type: 'value', placeholder: 'NAME', describe: 'Branch to make; default: rescue/ID' },
    json: { type: 'flag', describe: 'Answer as JSON' },
  },
  run: () => Promise.resolve(0),
};
