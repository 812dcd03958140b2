import { chooseAgentName, resolveAgent } from '../../agents/choose.js';
import { asError, notRun, ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** `agent`: the one that a run would take; can it be found, and does it answer? A command of one's own is never started. */
export async function examineAgent({
  context,
  config,
  reading,
  root,
}: World): Promise<CheckOutcome> {
  if (reading.settings === undefined) return notRun('the configuration has faults');
  const { path, isClaudeCode, variables } = context.environment;
  const wishes = { definitions: config.agents, isClaudeCode, path, root };
  const name = await chooseAgentName({
    ...wishes,
    ...(config.agent === undefined ? {} : { configured: config.agent }),
  });
  if (!name.ok) return ran('', [asError(name.failure)]);
  const agent = await resolveAgent(name.value, wishes);
  if (!agent.ok) return ran('', [asError(agent.failure)]);
  const answer = await agent.value.adapter.probe(variables);
  if (!answer.ok) return ran('', [asError(answer.failure)]);
  const { version } = answer.value;
  return ran(`${name.value}: ${agent.value.file}${version === undefined ? '' : ` (${version})`}`);
}
