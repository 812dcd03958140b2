import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseAgentName, resolveAgent } from '../../agents/choose.js';
import { readKeys, type KeyReading } from '../../config/read-keys.js';
import { detectChecks } from '../../checks/detect.js';
import type { Repository } from '../../git/places.js';
import type { AgentMessage } from '../../model/agent.js';
import type { Config } from '../../model/config.js';
import { safeName } from '../../model/ids.js';
import type { Surroundings } from '../../run/surroundings.js';
import type { Context } from '../context.js';

/** The folder of the bundle: `dist/bundle`, two below the program's own. */
const bundle = dirname(fileURLToPath(import.meta.url));

/** The machine and the user as a run sees them. */
export function createSurroundings(
  context: Context,
  repository: Repository,
  onMessage: (attempt: string, message: AgentMessage) => void,
): Surroundings {
  const { environment, clock } = context;
  const { root } = repository;
  const { path, isClaudeCode } = environment;
  const readings = new Map<string, Promise<KeyReading>>();
  return {
    repository,
    clock,
    variables: environment.variables,
    lanesRoot: lanesRoot(environment.stateHome, repository),
    node: process.execPath,
    wardenEntry: join(bundle, 'warden.js'),
    templates: join(bundle, '../../templates'),
    onMessage,
    keys({ credentials }: Partial<Config>) {
      const asked = JSON.stringify(credentials);
      const { variables } = environment;
      const reading = readings.get(asked) ?? readKeys(credentials, { variables, root });
      readings.set(asked, reading);
      return reading;
    },
    suggestChecks: async () => (await detectChecks(root))[0]?.command,
    agentName: ({ agent, agents }, own) =>
      chooseAgentName(
        {
          ...(agent === undefined ? {} : { configured: agent }),
          definitions: agents,
          isClaudeCode,
          path,
          root,
        },
        own,
      ),
    agent: ({ agents }, name) => resolveAgent(name, { definitions: agents, path, root }),
  };
}

/** `<state>/sage/<name>-<hash>`: outside the repository, one folder for each. */
export function lanesRoot(stateHome: string, { name, commonDir }: Repository): string {
  const hash = createHash('sha256').update(commonDir).digest('hex').slice(0, 8);
  return join(stateHome, 'sage', `${safeName(name)}-${hash}`);
}
