import { agentCount, controlCommand } from '../control-command.js';

/** `sage cancel`: the second Ctrl-C, or some tickets only. */
export const command = controlCommand(
  'cancel',
  {
    describe: 'End the agents of the run that goes on here, or of some tickets; work is kept',
    usage: ['sage cancel', 'sage cancel ID…'],
    positionals: ['[ID…]'],
    epilogue: 'Their tickets go back to UNPROCESSED, their work is kept (sage rescue ID).',
  },
  ({ run, agents: many, tickets }) =>
    tickets.length === 0
      ? `run ${run} is cancelled: ${agentCount(many)} ended, their work is kept`
      : `cancelled in run ${run}: ${tickets.join(', ')} (${agentCount(many)} ended, work is kept)`,
);
