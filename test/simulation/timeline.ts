/** What a task belongs to: it dies with its process (`own`), or goes on without it. */
export type TaskKind =
  | 'own'
  /** A git child: it finishes what it began, however late, also when the process that wanted it is dead. */
  | 'child'
  /** An agent: it works on until somebody sweeps it away. */
  | 'agent'
  /** What a human does, who needs no process to live. */
  | 'human';

interface Task {
  at: number;
  readonly order: number;
  readonly life: Life;
  readonly kind: TaskKind;
  readonly name: string;
  /** Nobody waits for it any more. */
  isOrphan: boolean;
  readonly act: () => void;
}

/** One process of the run, from its start to its death. */
export interface Life {
  readonly number: number;
  isAlive: boolean;
}

/**
 * Virtual time: tasks wait for instants that chance draws and are done one after the other; between two of them
 * everything that code can do by itself is done. The same seed gives the same order.
 */
export class Timeline {
  /** Milliseconds of the epoch. */
  now = Date.parse('2026-01-01T00:00:00.000Z');
  /** Tasks done so far. */
  steps = 0;
  /** What was done, one line a task; only filled when somebody wants to read it. */
  readonly told: string[] = [];
  readonly #random: () => number;
  readonly #isTelling: boolean;
  #tasks: Task[] = [];
  #order = 0;

  constructor(random: () => number, isTelling: boolean) {
    this.#random = random;
    this.#isTelling = isTelling;
  }

  /** Does `act` at some later instant, unless the task is dropped before. */
  later<T>(life: Life, kind: TaskKind, name: string, act: () => T, limitMs: number): Promise<T> {
    return new Promise((resolve) => {
      this.#order += 1;
      const task: Task = {
        at: this.now + 1 + Math.floor(this.#random() * limitMs),
        order: this.#order,
        life,
        kind,
        name,
        isOrphan: false,
        act: () => {
          const value = act();
          if (life.isAlive && !task.isOrphan) resolve(value);
        },
      };
      this.#tasks.push(task);
    });
  }

  /** Forgets tasks that will never be done. */
  drop(isGone: (task: { life: Life; kind: TaskKind; name: string }) => boolean): void {
    this.#tasks = this.#tasks.filter((task) => !isGone(task));
  }

  /** What this process started goes on, and nobody waits for it. */
  orphan(life: Life): void {
    for (const task of this.#tasks) {
      if (task.life === life && task.kind !== 'own') task.isOrphan = true;
    }
  }

  /** Puts tasks off. */
  delay(isMeant: (task: { life: Life; name: string }) => boolean, ms: number): void {
    for (const task of this.#tasks) if (isMeant(task)) task.at += ms;
  }

  has(isMeant: (task: { life: Life; kind: TaskKind; name: string }) => boolean): boolean {
    return this.#tasks.some(isMeant);
  }

  /** Does the next task and all that follows from it at once; false: none is left. */
  async step(): Promise<boolean> {
    const next = this.#tasks.reduce<Task | undefined>(
      (best, task) =>
        best === undefined || task.at < best.at || (task.at === best.at && task.order < best.order)
          ? task
          : best,
      undefined,
    );
    if (!next) return false;
    this.#tasks.splice(this.#tasks.indexOf(next), 1);
    this.now = Math.max(this.now, next.at);
    this.steps += 1;
    this.tell(next.life, next.kind === 'own' ? next.name : `${next.kind}: ${next.name}`);
    next.act();
    await quiet();
    return true;
  }

  tell(life: Life, what: string): void {
    if (!this.#isTelling) return;
    const orphaned = life.isAlive ? '' : ' (orphaned)';
    this.told.push(
      `${new Date(this.now).toISOString().slice(11)} life ${life.number}${orphaned}  ${what}`,
    );
  }
}

/** Settles when nothing is left that could be done without a task: promises, and looks at the real disk. */
export async function quiet(): Promise<void> {
  do await new Promise<void>((resolve) => setImmediate(resolve));
  while (process.getActiveResourcesInfo().includes('FSReqPromise'));
}
