/** The only way to influence a run: the CLI, signals and later HTTP write these to its inbox. */
export interface Command {
  readonly type: 'stop';
  /** drain: nothing new starts, running tickets finish and land. cancel: agents are ended, work is kept. */
  readonly mode: 'drain' | 'cancel';
  /** Who gave it: `Ctrl-C`, `sage stop`. */
  readonly by: string;
}
