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

/** A moment's picture of all living processes; zombies are not in it. */
export interface ProcessTable {
  readonly entries: ReadonlyMap<number, ProcessEntry>;
  /** The value of SAGE_MARKER that it was started with, where we may look. */
  markerOf(entry: ProcessEntry): string | undefined;
}
