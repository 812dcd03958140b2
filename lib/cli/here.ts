import { createGit } from '../git/git.js';
import type { Repository } from '../git/places.js';
import { openRepository } from '../git/repository.js';
import { demand } from '../model/failure.js';
import type { Context } from './context.js';
import { exitCode } from './exit-code.js';

/** The repository that sage was called in, from any folder or linked worktree of it; a Refusal where there is none. */
export async function repositoryHere({ environment, cwd }: Context): Promise<Repository> {
  return demand(await openRepository(createGit(environment.variables), cwd), exitCode.invalid);
}
