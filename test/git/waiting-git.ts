import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A real git that stands in a repository and waits for more on its standard input. */
export interface WaitingGit extends AsyncDisposable {
  /** Tells it that nothing more comes: it ends by itself. */
  end(): void;
}

/** Starts one, tells it a line and waits until it has answered; disposed, it is ended. */
export async function waitingGit(
  cwd: string,
  args: readonly string[],
  line: string,
): Promise<WaitingGit> {
  const git = spawn('git', args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(git, 'exit');
  git.stdin.write(`${line}\n`);
  await once(git.stdout, 'data');
  return {
    end: () => git.stdin.end(),
    async [Symbol.asyncDispose]() {
      git.kill('SIGKILL');
      await ended;
    },
  };
}
