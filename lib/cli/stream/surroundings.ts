import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detectChecks } from '../../checks/detect.js';
import type { Repository } from '../../git/places.js';
import { safeName } from '../../model/ids.js';
import type { AgentMessage } from '../../model/agent.js';
import type { Surroundings } from '../../run/workshop.js';
import type { Context } from '../context.js';

/** The machine and the user as a run sees them. */
export function createSurroundings(
  context: Context,
  repository: Repository,
  onMessage: (attempt: string, message: AgentMessage) => void,
): Surroundings {
  const { environment, clock } = context;
  return {
    repository,
    clock,
    variables: environment.variables,
    lanesRoot: lanesRoot(environment.stateHome, repository),
    node: process.execPath,
    wardenEntry: join(dirname(fileURLToPath(import.meta.url)), 'warden.js'),
    onMessage,
    suggestChecks: async () => (await detectChecks(repository.root))[0]?.command,
    chooseAgents: (seen) =>
      Promise.resolve({ defaultAgent: seen.settings.config.agent ?? 'claude' }),
  };
}

/** `<state>/sage/<name>-<hash>`: outside the repository, one folder for each. */
function lanesRoot(stateHome: string, { name, commonDir }: Repository): string {
  const hash = createHash('sha256').update(commonDir).digest('hex').slice(0, 8);
  return join(stateHome, 'sage', `${safeName(name)}-${hash}`);
}
