import type { ChildProcess } from 'node:child_process';
import type { Oid } from '../model/ids.js';

/**
 * What gits that stand ready in one repository do, at a tenth of the cost of starting one for it. They see what others
 * write, and write as durably. Each answers undefined when it cannot tell: then a git of its own finds out why.
 */
export interface StandingGits extends AsyncDisposable {
  /** The folder that they work in. */
  readonly cwd: string;
  /** Changes of refs, in the words of `git update-ref --stdin`: all of them or none. */
  changeRefs(orders: string): Promise<true | undefined>;
  /** What names without spaces stand for, each undefined where there is no such thing. */
  readNames(names: readonly string[]): Promise<readonly (Oid | undefined)[] | undefined>;
  /** Stores a commit that is written out as git keeps it. */
  storeCommit(text: string): Promise<Oid | undefined>;
  /** What `git diff-tree --stdin -z` prints for these lines. */
  compare(lines: string): Promise<Buffer | undefined>;
}

/** One git that answers one question after the other; made anew when it has died. */
export interface StandingGit extends AsyncDisposable {
  /**
   * Puts a question and settles when what git said ends with `ending`: all bytes of the answer. Undefined when there is
   * no such git or it ended before that, whether or not it had done what it was asked: find out, and ask another way.
   */
  ask(question: string, ending: string): Promise<Buffer | undefined>;
}

/** A question that waits for its answer. */
interface Asked {
  readonly ending: Buffer;
  readonly chunks: Buffer[];
  readonly settle: (answer: Buffer | undefined) => void;
}

/**
 * A git that is started when it is first needed. It ends when its input does: with {@link StandingGit} or with this
 * process, however that dies. While no answer is awaited it does not keep this process alive.
 */
export function createStandingGit(start: () => ChildProcess): StandingGit {
  let child: ChildProcess | undefined;
  let asked: Asked | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const settle = (answer: Buffer | undefined) => {
    const { settle: tell } = asked ?? {};
    asked = undefined;
    if (child) hold(child, false);
    tell?.(answer);
  };
  const heard = (chunk: Buffer) => {
    if (!asked) return;
    asked.chunks.push(chunk);
    if (endsWith(asked.chunks, asked.ending)) settle(Buffer.concat(asked.chunks));
  };
  const birth = () => {
    const born = start();
    const died = () => {
      if (child !== born) return;
      child = undefined;
      settle(undefined);
    };
    born.on('error', died);
    born.on('close', died);
    born.stdin?.on('error', () => undefined);
    born.stdout?.on('data', heard);
    return born;
  };
  const put = (question: string, ending: string) =>
    new Promise<Buffer | undefined>((resolve) => {
      try {
        child ??= birth();
      } catch {
        resolve(undefined);
        return;
      }
      asked = { ending: Buffer.from(ending), chunks: [], settle: resolve };
      hold(child, true);
      child.stdin?.write(question);
    });
  return {
    ask(question, ending) {
      const turn = last.then(() => put(question, ending));
      last = turn;
      return turn;
    },
    async [Symbol.asyncDispose]() {
      await last;
      const dying = child;
      if (!dying) return;
      child = undefined;
      hold(dying, true);
      const gone = new Promise((resolve) => dying.once('close', resolve));
      dying.stdin?.end();
      await gone;
    },
  };
}

function endsWith(chunks: Buffer[], ending: Buffer): boolean {
  // The ending may have come in pieces.
  for (;;) {
    const last = chunks.at(-1);
    if (last === undefined) return false;
    if (last.length >= ending.length) return last.subarray(-ending.length).equals(ending);
    if (chunks.length === 1) return false;
    chunks.splice(-2, 2, Buffer.concat(chunks.slice(-2)));
  }
}

/** Pipes to children are sockets, whatever their type says. */
function hold(child: ChildProcess, isHeld: boolean): void {
  for (const one of [child, child.stdin, child.stdout]) {
    const handle = one as { ref?: () => void; unref?: () => void } | null;
    if (isHeld) handle?.ref?.();
    else handle?.unref?.();
  }
}
