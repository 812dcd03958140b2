import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryToLookAt } from '../here.js';

/** `sage sessions`: every call of an agent, with what it took and how it ended. */
export const command: CliCommand = {
  name: 'sessions',
  describe: 'List the calls of agents: time, messages, tools, tokens, cost, how each ended',
  usage: ['sage sessions [--run=RUN] [--ticket=ID] [--json]'],
  options: {
    run: { type: 'value', placeholder: 'RUN', describe: 'Of this run alone' },
    ticket: { type: 'value', placeholder: 'ID', describe: 'Of this ticket alone' },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/session-list.json)' },
  },
  epilogue: 'The newest first. What one of them said: sage logs NO.',
  run: async (context, { flags, values }) => {
    const { stdout, clock } = context;
    const { commonDir } = await repositoryToLookAt(context);
    const { sessionsHere } = await import('../../run/list-sessions.js');
    const run = values['run']?.at(-1);
    const ticket = values['ticket']?.at(-1);
    const list = await sessionsHere(commonDir, clock.now(), {
      ...(run === undefined ? {} : { run }),
      ...(ticket === undefined ? {} : { ticket }),
    });
    if (flags.has('json')) stdout.line(JSON.stringify(list, null, 2));
    else {
      const [{ sessionsText }, { createPaint }] = await Promise.all([
        import('../../show/sessions-text.js'),
        import('../../show/paint.js'),
      ]);
      stdout.line(sessionsText(list, createPaint(stdout.hasColour)));
    }
    return exitCode.done;
  },
};
