import type { Depot } from '../git/places.js';
import { failed, success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { SecretFinder } from '../process/find-secret.js';
import type { Secret } from '../process/redact.js';

const PATCH = ['--patch', '--unified=0', '--text', '--no-ext-diff', '--no-textconv', '--no-color'];
const MINUS = 0x2d;

/** The name of a secret in what `work` adds to `base`: in contents, or in the name of a file. */
export function secretInChanges(
  depot: Depot,
  secrets: readonly Secret[],
  base: Oid,
  work: Oid,
): Promise<Result<string | undefined>> {
  const added = new AddedLines();
  const args = ['-c', 'core.quotePath=false', 'diff', ...PATCH, base, work];
  return search(depot, secrets, args, (bytes) => added.of(bytes));
}

/** The same of each of these commits, and of what it says. */
export async function secretInCommits(
  depot: Depot,
  secrets: readonly Secret[],
  commits: readonly Oid[],
): Promise<Result<string | undefined>> {
  for (const commit of commits) {
    const said = await search(depot, secrets, ['cat-file', 'commit', commit], (bytes) => bytes);
    if (!said.ok || said.value !== undefined) return said;
    const found = await secretInChanges(depot, secrets, `${commit}^` as Oid, commit);
    if (!found.ok || found.value !== undefined) return found;
  }
  return success(undefined);
}

/** Reads what git prints as it comes: a change may be larger than our memory. */
async function search(
  { git, path }: Depot,
  secrets: readonly Secret[],
  args: readonly string[],
  relevant: (bytes: Buffer) => Buffer,
): Promise<Result<string | undefined>> {
  const finder = new SecretFinder(secrets);
  const child = git.start?.(args, path);
  if (!child?.stdout) {
    const answer = await git(args, { cwd: path });
    return answer.ok ? success(finder.find(relevant(answer.value.bytes))) : answer;
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code));
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end();
  let found: string | undefined;
  for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
    found ??= finder.find(relevant(bytes));
  }
  if ((await ended) === 0) return success(found);
  return failed({
    code: 'git/failed',
    message: `git ${args.slice(0, 3).join(' ')} did not come to its end`,
    where: { file: path },
  });
}

/** A patch without the lines that it takes away. */
class AddedLines {
  #isAtStart = true;
  #isRemoved = false;

  of(bytes: Buffer): Buffer {
    const kept: Buffer[] = [];
    for (let from = 0; from < bytes.length;) {
      if (this.#isAtStart) this.#isRemoved = bytes[from] === MINUS;
      const feed = bytes.indexOf('\n', from);
      const end = feed === -1 ? bytes.length : feed + 1;
      if (!this.#isRemoved) kept.push(bytes.subarray(from, end));
      this.#isAtStart = feed !== -1;
      from = end;
    }
    return Buffer.concat(kept);
  }
}
