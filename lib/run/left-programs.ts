import type { RunProcess } from '../process/process-spec.js';

/** A way to run programs that knows whose trees are not proven gone. */
export interface WatchedPrograms {
  readonly runProcess: RunProcess;
  /** Whether something may live that carries a marker at or below `prefix`: it runs, or would not end. */
  mayBeLeft(prefix: string): boolean;
}

/**
 * {@link RunProcess} settles after the program's whole tree was looked for twice and not found. So nothing with its
 * marker is left then, and nobody has to look a third time; where it could not be proven, somebody has to.
 */
export function watchPrograms(runProcess: RunProcess): WatchedPrograms {
  const unproven = new Map<symbol, string>();
  return {
    async runProcess(spec) {
      const one = Symbol(spec.marker);
      unproven.set(one, spec.marker);
      const end = await runProcess(spec);
      if (!end.survivors?.length) unproven.delete(one);
      return end;
    },
    mayBeLeft: (prefix) =>
      [...unproven.values()].some((marker) => `${marker}/`.startsWith(`${prefix}/`)),
  };
}
