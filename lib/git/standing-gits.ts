import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { oid, type Oid } from '../model/ids.js';
import type { Git } from './git.js';
import { scratchPath } from './scratch.js';
import { createStandingGit, type StandingGits } from './standing-git.js';

/** The same git with some that stand ready in the bare repository `cwd`; to be ended with the work they are for. */
export function withStandingGits(git: Git, cwd: string): Git & AsyncDisposable {
  const run: Git = (args, call) => git(args, call);
  const { start } = git;
  if (!start) return Object.assign(run, { [Symbol.asyncDispose]: () => Promise.resolve() });
  const standing = createStandingGits((args) => start(args, cwd), cwd);
  return Object.assign(run, {
    start,
    standing,
    [Symbol.asyncDispose]: () => standing[Symbol.asyncDispose](),
  });
}

/** Those that work in `cwd`, if there are any. */
export const standingIn = ({ standing }: Git, cwd: string): StandingGits | undefined =>
  standing?.cwd === cwd ? standing : undefined;

type Start = (args: readonly string[]) => ReturnType<NonNullable<Git['start']>>;

function createStandingGits(start: Start, cwd: string): StandingGits {
  const of = (...args: string[]) => createStandingGit(() => start(args));
  const refs = of('update-ref', '-m', 'sage', '--no-deref', '--stdin');
  const names = of('cat-file', '--batch-check=%(objectname)');
  const commits = of('hash-object', '-t', 'commit', '-w', '--stdin-paths');
  const diffs = of('diff-tree', '--stdin', '--always', '-r', '-z', '--no-renames');
  // Nobody can know it, so that no name of a file is taken for the end of an answer.
  const end = `end-${randomUUID()}`;
  return {
    cwd,
    async changeRefs(orders) {
      const answer = await refs.ask(`start\n${orders}commit\n`, 'commit: ok\n');
      return answer && true;
    },
    async readNames(wanted) {
      const question = [...wanted, end, ''].join('\n');
      const answer = await names.ask(question, `${end} missing\n`);
      return answer?.toString('utf8').split('\n').slice(0, wanted.length).map(idOf);
    },
    async storeCommit(text) {
      let path: string | undefined;
      try {
        path = await scratchPath({ path: cwd });
        if (path.includes('\n')) return undefined;
        await writeFile(path, text);
        const answer = await commits.ask(`${path}\n`, '\n');
        return answer && oid(answer.toString('utf8').trimEnd());
      } catch {
        return undefined;
      } finally {
        if (path !== undefined) await rm(path, { force: true });
      }
    },
    async compare(lines) {
      const answer = await diffs.ask(`${lines}${end}\n`, `${end}\n`);
      return answer?.subarray(0, -end.length - 1);
    },
    async [Symbol.asyncDispose]() {
      const all = [refs, names, commits, diffs];
      await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

/** What git does not know it answers with the name and why. */
export const idOf = (line: string): Oid | undefined =>
  /^[0-9a-f]{40,64}$/.test(line) ? oid(line) : undefined;
