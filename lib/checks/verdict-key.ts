import { createHash } from 'node:crypto';

/** What, besides the tree, decides how checks end. */
export interface VerdictBasis {
  readonly commands: readonly string[];
  /** Further texts that matter: the set-up command lines of the lanes. */
  readonly setup: readonly string[];
  /** `v20.19.0`. */
  readonly nodeVersion: string;
  /** `linux-x64`. */
  readonly platform: string;
}

/**
 * The part of a verdict's key that is not the tree: SHA-256, 64 hexadecimal digits. Lock files are in the tree,
 * so they need no place here; variables of the environment are left out, since they differ from shell to shell.
 */
export function verdictKey(basis: VerdictBasis): string {
  const parts = [1, basis.commands, basis.setup, basis.nodeVersion, basis.platform];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
