import { agentCount, controlCommand } from '../control-command.js';

/** `sage pause`: nothing new starts until `sage resume`. */
export const command = controlCommand(
  'pause',
  {
    describe: 'Start nothing new in the run that goes on here until `sage resume`',
    usage: ['sage pause'],
    epilogue: 'What runs finishes and lands; the run waits.',
  },
  ({ run, agents: many }) =>
    `run ${run} is paused: nothing new starts; ${agentCount(many)} finish and land. → sage resume`,
);
