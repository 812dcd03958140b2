import { freemem } from 'node:os';
import { chooseAgentName, resolveAgent } from '../../agents/choose.js';
import { agentClis } from '../../agents/clis.js';
import { isKnownVersion } from '../../agents/known-version.js';
import type { AgentCliName } from '../../model/agent-cli.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { littleMemory } from './memory-check.js';
import { asError, notRun, ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** `agent`: the one that a run would take; can it be found, and does it answer? A command of one's own is never started. */
export async function examineAgent({
  context,
  config,
  reading,
  root,
  plan,
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
  const { file, cli } = agent.value;
  const { version } = answer.value;
  const told = `${name.value}: ${file}${version === undefined ? '' : ` (${version})`}`;
  const isUnknown =
    cli !== undefined &&
    version !== undefined &&
    !isKnownVersion(agentClis[cli].knownVersions, version);
  const slots = plan?.recommendedSlots;
  const memory =
    cli === undefined || slots === undefined ? undefined : littleMemory(cli, slots, freemem());
  return ran(told, [
    ...(isUnknown ? [unknownVersion(cli, file, version)] : []),
    ...(memory ? [memory] : []),
  ]);
}

/** These programs change every week: what another version prints may be read only in part. */
function unknownVersion(cli: AgentCliName, file: string, version: string): Diagnostic {
  const { title, knownVersions } = agentClis[cli];
  return {
    severity: 'warning',
    code: 'agent/unknown-version',
    message: `sage is known to work with ${title} ${knownVersions.join(', ')}, and ${file} says that it is ${JSON.stringify(version.slice(0, 80))}`,
    hint: 'Try it on one ticket, or install a version that docs/agents.md names.',
  };
}
