import { createGit } from '../../git/git.js';
import { probeGit, probeRepository } from '../../git/probe.js';
import { probeJournal } from '../../journal/probe.js';
import { asError, ran, type CheckOutcome } from './outcome.js';
import { probeSpace } from './space-check.js';
import type { World } from './world.js';

/** `repository`: git itself, the state of the checkout, and the places where a run writes. */
export async function examineRepository(world: World): Promise<CheckOutcome> {
  const { context, repository } = world;
  const version = await probeGit(createGit(context.environment.variables), context.cwd);
  const faults = version.ok ? [] : [asError(version.failure)];
  if (!repository.ok) {
    // Without git nothing else can be said, and the same fault would be told twice.
    return ran('', version.ok ? [asError(repository.failure)] : faults);
  }
  const found = await Promise.all([
    probeRepository(repository.value),
    probeJournal(repository.value.commonDir),
    probeSpace(world, repository.value),
  ]);
  return ran(version.ok ? `git ${version.value}; ${repository.value.root}` : '', [
    ...faults,
    ...found.flat(),
  ]);
}
