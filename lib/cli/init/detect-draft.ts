import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseAgentName } from '../../agents/choose.js';
import { detectSetup } from '../../checks/detect-setup.js';
import { detectChecks } from '../../checks/detect.js';
import type { ConfigDraft } from '../../config/draft.js';
import type { Repository } from '../../git/places.js';
import type { Arguments } from '../command.js';
import type { Context } from '../context.js';

/** What a first configuration would say, and what that was taken from, as lines for people. */
export interface Found {
  readonly draft: ConfigDraft;
  readonly because: readonly string[];
}

/** Looks at the top of the project and at the PATH; what was said by a flag is taken as it is. Runs nothing. */
export async function detectDraft(
  { environment: { path, isClaudeCode } }: Context,
  { git, root }: Repository,
  values: Arguments['values'],
): Promise<Found> {
  const [agent, checks, setup, hasSecrets] = await Promise.all([
    chooseAgentName({ definitions: {}, isClaudeCode, path, root }),
    detectChecks(root),
    detectSetup(root),
    isFile(join(root, '.env')),
  ]);
  // A file that git carries is in every worktree anyway.
  const ignored = hasSecrets
    ? await git(['check-ignore', '--quiet', '--', '.env'], { cwd: root, okCodes: [0, 1] })
    : undefined;
  const copiesSecrets = ignored?.ok === true && ignored.value.code === 0;
  const named = values['agent']?.at(-1) ?? (agent.ok ? agent.value : undefined);
  const said = values['verify'];
  const [first, ...others] = checks;
  return {
    draft: {
      ...(named === undefined ? {} : { agent: named }),
      verify:
        said === undefined ? (first ? [first.command] : []) : said[0] === 'none' ? 'none' : said,
      otherChecks: said === undefined ? others.map(({ command }) => command) : [],
      setupRun: setup.map(({ command }) => command),
      setupCopy: copiesSecrets ? ['.env'] : [],
      access: values['access']?.at(-1) ?? 'edits',
    },
    because: [
      agent.ok
        ? `found: the agent ${agent.value}`
        : 'found: no agent CLI on the PATH (the first run will ask for one)',
      ...checks.map(({ command, because }) => `found: ${because} → check: ${command}`),
      ...setup.map(({ command, because }) => `found: ${because} → set-up: ${command}`),
      ...(copiesSecrets ? ['found: .env, which git ignores → copied into worktrees'] : []),
    ],
  };
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
