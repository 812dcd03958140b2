import { agentCount, controlCommand } from '../control-command.js';

/** `sage stop`: the first Ctrl-C, from another terminal. */
export const command = controlCommand(
  'stop',
  {
    describe: 'Let the run that goes on here finish what it has begun, and end',
    usage: ['sage stop'],
    epilogue: 'As the first Ctrl-C in its own terminal: nothing new starts, what runs lands.',
  },
  ({ run, agents: many }) =>
    `run ${run} stops: nothing new starts; ${agentCount(many)} finish and land`,
);
