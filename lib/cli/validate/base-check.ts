import { detectChecks } from '../../checks/detect.js';
import { baselineOf } from '../../engine/baseline.js';
import { knownFailures } from '../../engine/known-failures.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { knownBaseVerdict } from '../../run/verdict-basis.js';
import { tryBase } from './base-trial.js';
import { asError, notRun, ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/**
 * `base`: is there a commit to start from, are checks configured, and are they green on it? Where they are not to be run,
 * an earlier verdict is looked up and nothing is changed.
 */
export async function examineBase(world: World): Promise<CheckOutcome> {
  const { start, repository, config, undelivered } = world;
  if (!repository.ok || start === undefined) return notRun('there is no repository');
  if (!start.ok) return ran('', [asError(start.failure)]);
  const waiting = undelivered.map(({ branch, tickets }): Diagnostic => ({
    severity: 'warning',
    code: 'run/undelivered',
    message: `${branch} holds ${tickets.length} landed ${tickets.length === 1 ? 'ticket' : 'tickets'} that the current branch does not have.`,
    hint: `\`sage deliver\` brings it in; a run on \`--target ${branch}\` builds on it.`,
  }));
  const commit = start.value.commit.slice(0, 12);
  const from = `starts from ${start.value.branch ?? 'a detached HEAD'} (${commit})`;
  if (config.verify === undefined) return ran(from, [await notConfigured(world.root), ...waiting]);
  if (config.verify === 'none') {
    const unverified: Diagnostic = {
      severity: 'information',
      code: 'checks/none',
      message: 'The configuration says `verify: none`: work lands unverified.',
    };
    return ran(`${from}; nothing is verified`, [unverified, ...waiting]);
  }
  const { variables } = world.context.environment;
  const { tree } = start.value;
  const known = await knownBaseVerdict(repository.value, config, tree, variables);
  const failing = known ? baselineOf(known) : [];
  if (known && failing.length === 0) return ran(`${from}; the checks are green there`, waiting);
  if (!world.runsBase) {
    return known
      ? ran(`${from}; ${knownFailures(failing).join('; ')}`, waiting)
      : ran(`${from}; checks not run yet: sage validate --check=base`, waiting);
  }
  const { told, finding } = await tryBase(world, repository.value, start.value);
  return ran(`${from}; ${told}`, [...(finding ? [finding] : []), ...waiting]);
}

async function notConfigured(root: string): Promise<Diagnostic> {
  const [likely] = await detectChecks(root);
  const lines = likely?.lines.join(' and ') ?? 'verify: [COMMAND]';
  const because = likely ? ` (${likely.because})` : '';
  return {
    severity: 'error',
    code: 'checks/not-configured',
    message: 'No checks are configured, so `sage stream --auto` would refuse to start.',
    hint: `Write \`${lines}\` into .sage/config.yaml${because}, or \`verify: none\` to land unverified work.`,
    where: { file: '.sage/config.yaml' },
  };
}
