/** A prepared worktree in which checks run. */
export interface CheckLane {
  readonly path: string;
  /** What it adds to the environment: SAGE_PORT_BASE, TMPDIR, … */
  readonly env: Readonly<Record<string, string>>;
}
