import type { Failure } from '../model/failure.js';
import type { Repository } from './places.js';

/**
 * A branch called `sage`: git keeps branches as files, so beside it there can be no `sage/<run>`. Nothing when there is
 * none.
 */
export async function branchInTheWay({ git, root }: Repository): Promise<Failure | undefined> {
  const answer = await git(['show-ref', '--verify', '--quiet', 'refs/heads/sage'], {
    cwd: root,
    okCodes: [0, 1],
  });
  if (!answer.ok || answer.value.code !== 0) return undefined;
  return {
    code: 'git/branch-in-the-way',
    message:
      'a branch is called sage, so git cannot make the branches sage/<run> that runs land on',
    hint: 'rename it: `git branch -m sage OTHER-NAME`',
  };
}
