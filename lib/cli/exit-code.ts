/** What the shell is told. Documented in docs/failures.md; part of the contract. */
export const exitCode = {
  /** Done, or drained as asked. */
  done: 0,
  /** Some tickets did not land; `validate` found errors. */
  unlanded: 1,
  /** Usage or invalid input; `validate`: only warnings. */
  invalid: 2,
  /** Nothing can run: a cycle, or every ticket is blocked. */
  stuck: 3,
  /** Budget or credentials are exhausted. */
  exhausted: 4,
  /** Usage errors of `validate`, whose 2 means warnings. */
  validateUsage: 64,
  /** `status --for`: the time is over and the run is not (EX_TEMPFAIL of sysexits.h: ask again). */
  stillRunning: 75,
  /** A bug of ours. */
  bug: 70,
  /** Cancelled by Ctrl-C, or killed. */
  cancelled: 130,
} as const;
