import { listRuns } from '../journal/run-directory.js';
import type { Config } from '../model/config.js';

/**
 * What agents may do here, said once: at the first run in a repository (row D12); docs/limits.md says more. Nothing
 * when there was a run before.
 */
export async function firstRunWords(
  commonDir: string,
  config: Config,
): Promise<string | undefined> {
  if ((await listRuns(commonDir)).length > 0) return undefined;
  const access =
    config.access === 'full'
      ? 'any tool without asking (access: full)'
      : 'editing files and running commands without asking (access: edits)';
  return [
    'First run in this repository. Agents work in worktrees of their own:',
    `  ${access}.`,
    '  Scripts of the ticket index and the configured checks run there too, as you.',
    '  Their git stays in a private repository below .git/sage. Nothing walls off',
    '  files outside their worktree, or the network: docs/limits.md says more.',
  ].join('\n');
}
