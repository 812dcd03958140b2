import { join } from 'node:path';
import type { AgentDefinition } from '../model/config.js';
import type { Effect } from '../model/effect.js';
import type { Ticket } from '../model/ticket.js';
import type { RunProcess } from '../process/process-spec.js';

export const thinAgent = (deps: {
  runProcess: RunProcess;
  definition: (ticket: string) => AgentDefinition;
  tickets: Map<string, Ticket>;
  lanePath: (lane: string) => string;
  env: Record<string, string>;
  run: string;
  directory: (attempt: string) => string;
}): Effect<'agent.run'> => {
  const perform: Effect<'agent.run'>['perform'] = async (intent, cancel) => {
    const [file = '', ...args] = deps.definition(intent.ticket).command ?? [];
    const ticket = deps.tickets.get(intent.ticket);
    const log = join(deps.directory(intent.attempt), 'output.log');
    const end = await deps.runProcess({
      file,
      args,
      cwd: deps.lanePath(intent.lane),
      env: {
        ...deps.env,
        SAGE_TICKET: intent.ticket,
        SAGE_RUN: deps.run,
        SAGE_ATTEMPT: intent.attempt,
        SAGE_LANE: intent.lane,
      },
      input: `${ticket?.title ?? ''}\n${JSON.stringify(intent.ask)}`,
      log,
      cancel,
      marker: `${deps.run}/${intent.attempt}/${intent.round}`,
    });
    return [
      {
        type: 'agent.finished',
        attempt: intent.attempt,
        round: intent.round,
        outcome: {
          end: end.end,
          usage: {},
          ms: Math.round(end.ms),
          outputBytes: end.outputBytes,
          log,
        },
        closes: intent.key,
      },
    ];
  };
  return { perform, reconcile: perform };
};
