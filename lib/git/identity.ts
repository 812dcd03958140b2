import { failed, success, type Result } from '../model/failure.js';
import type { Identity, Repository } from './places.js';

/** Who commits here, as git itself would say; `git/no-identity` where it would have to guess. */
export async function readIdentity({ git, root }: Repository): Promise<Result<Identity>> {
  const answer = await git(['-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT'], {
    cwd: root,
    okCodes: [0, 128],
  });
  if (!answer.ok) return answer;
  const found = /^(.*) <(.*)> \d+ [+-]\d{4}$/.exec(answer.value.stdout);
  if (found) return success({ name: found[1] ?? '', email: found[2] ?? '' });
  return failed({
    code: 'git/no-identity',
    message: 'git knows no name and e-mail for commits here',
    hint: '`git config user.name "…"` and `git config user.email "…"`',
  });
}
