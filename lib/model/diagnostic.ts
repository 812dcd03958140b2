import type { Place } from './failure.js';

/** How much a finding about an input weighs. `critical`: the input cannot be used at all. */
export type Severity = 'critical' | 'error' | 'warning' | 'information';

/** One finding about an input, with its place and the way out. */
export interface Diagnostic {
  readonly severity: Severity;
  /** `index/duplicate-id`: stable. */
  readonly code: string;
  readonly message: string;
  /** The way out. */
  readonly hint?: string;
  readonly where?: Place;
  /** The offending value as it stands in the input, bounded to 200 characters. */
  readonly value?: string;
  /** The ticket it is about. */
  readonly ticket?: string;
}
