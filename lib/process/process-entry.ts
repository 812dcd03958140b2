/** One living process. A pid alone says nothing, since pids are used again: `pid` and `started` together do. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it started, in the system's own form: to be compared, not read. */
  readonly started: string;
  /** The program's short name. */
  readonly name: string;
}

/** A moment's picture of the living processes, all or those since some start time; zombies are not in it. */
export interface ProcessTable {
  readonly entries: ReadonlyMap<number, ProcessEntry>;
  /** Whether it carries this marker or one below it, in its environment or as a limit, where we may look. */
  isMarked(entry: ProcessEntry, marker: string): boolean;
}
