import type { AgentShell } from '../../model/installation-schema.js';

/** Where commands go: to their user, or into one project. */
export interface InstallPlace {
  readonly scope: 'user' | 'project';
  /** Top of the project, or the folder that sage was called in. */
  readonly folder: string;
}

/** What was asked for. */
export interface InstallWish {
  readonly shells: readonly AgentShell[];
  readonly place: InstallPlace;
  readonly verb: 'install' | 'remove';
  readonly isDryRun: boolean;
  readonly asJson: boolean;
  /** Nobody is asked. */
  readonly isSure: boolean;
}
