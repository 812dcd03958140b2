import { createGit } from '../git/git.js';
import type { Repository } from '../git/places.js';
import { plainCheckout } from '../git/plain-checkout.js';
import { openRepository } from '../git/repository.js';
import { demand } from '../model/failure.js';
import type { Context } from './context.js';
import { exitCode } from './exit-code.js';

/** The repository that sage was called in, from any folder or linked worktree of it; a Refusal where there is none. */
export async function repositoryHere({ environment, cwd }: Context): Promise<Repository> {
  return demand(await openRepository(createGit(environment.variables), cwd), exitCode.invalid);
}

/** {@link repositoryHere} for who only looks at what sage keeps there: in a plain checkout no git is asked where that is. */
export async function repositoryToLookAt(context: Context): Promise<Repository> {
  const places = await plainCheckout(context.cwd);
  if (places === undefined) return repositoryHere(context);
  return { ...places, git: createGit(context.environment.variables) };
}
