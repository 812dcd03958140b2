import type { Diagnostic } from '../../model/diagnostic.js';
import type { Failure } from '../../model/failure.js';

/** What one group of checks found. */
export interface CheckOutcome {
  readonly diagnostics: readonly Diagnostic[];
  /** One line: what was found good; for a check that was not run, why. */
  readonly told: string;
  readonly isRun: boolean;
}

export const ran = (told: string, diagnostics: readonly Diagnostic[] = []): CheckOutcome => ({
  told,
  diagnostics,
  isRun: true,
});

export const notRun = (why: string): CheckOutcome => ({ told: why, diagnostics: [], isRun: false });

/** A failure that would refuse a run, as a finding. */
export const asError = ({ code, message, hint, where }: Failure): Diagnostic => ({
  severity: 'error',
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
  ...(where === undefined ? {} : { where }),
});
