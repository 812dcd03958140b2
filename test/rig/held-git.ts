import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { executable } from './home.js';
import type { Rig } from './rig.js';
import { until } from './within.js';

/**
 * Where a git is stopped: before it begins, after it has done all, while it holds the locks of the refs that it is about
 * to move, or while it writes the checkout's files and holds its index.
 */
export type Hold = 'start' | 'end' | 'refs' | 'files';

export interface HeldGit {
  /** Waits until it stands there. */
  standing(): Promise<void>;
  /** Ends it the hard way, with what it had started. */
  kill(): void;
  /** Lets it go on. */
  release(): void;
}

let count = 0;

/**
 * The first git of ours whose arguments hold `words` is stopped at the given place, the real program with its real locks;
 * `after`: only once the run's journal holds this text. For `files` a `.gitattributes` must say `filter=hold`.
 */
export async function holdGit(rig: Rig, words: string, at: Hold, after?: string): Promise<HeldGit> {
  const folder = join(rig.places.home, `hold-${(count += 1)}`);
  mkdirSync(join(folder, 'hooks'), { recursive: true });
  const real = execFileSync('sh', ['-c', 'PATH=/usr/local/bin:/usr/bin:/bin command -v git'], {
    encoding: 'utf8',
  }).trim();
  const stop = (pids: string) =>
    `echo "${pids}" > "${folder}/new" && mv "${folder}/new" "${folder}/pids" && kill -STOP $$`;
  await executable(
    join(folder, 'hooks/reference-transaction'),
    `case "$1 $(cat)" in "prepared "*refs/heads/*) ${stop('$PPID $$')} ;; esac`,
  );
  await executable(join(folder, 'smudge'), `${stop('$PPID $$')}\ncat`);
  const how: Readonly<Record<Hold, string>> = {
    start: `${stop('$$')}\nexec "${real}" "$@"`,
    end: `"${real}" "$@"\ncode=$?\n${stop('$$')}\nexit $code`,
    refs: `exec "${real}" -c "core.hooksPath=${folder}/hooks" "$@"`,
    files: `exec "${real}" -c "filter.hold.smudge=exec '${folder}/smudge'" "$@"`,
  };
  const isDue = after ? `grep -qs "${after}" "${rig.gitDir}"/sage/runs/*/events.ndjson` : 'true';
  await rig.program(
    'git',
    `case "$*" in *"${words}"*)
  if ${isDue} && mkdir "${folder}/once" 2> /dev/null; then
    ${how[at]}
  fi ;; esac
exec "${real}" "$@"`,
  );
  const pids = () =>
    existsSync(join(folder, 'pids'))
      ? readFileSync(join(folder, 'pids'), 'utf8').trim().split(' ').map(Number)
      : undefined;
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids() ?? []) process.kill(pid, name);
  };
  return {
    standing: () =>
      until(pids, 20_000, () => `no git ${words} came to its ${at}`).then(() => undefined),
    kill: () => signal('SIGKILL'),
    release: () => signal('SIGCONT'),
  };
}
