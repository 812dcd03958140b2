/** What an agent can tell beside its work. */
export const reportKinds = ['done', 'blocked', 'question', 'issue', 'follow-up'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** One thing that an agent told through its outbox: words, bounded and without control characters. */
export interface AgentReport {
  readonly kind: ReportKind;
  /** One line. */
  readonly title: string;
  readonly description?: string;
  /** P0 to P4, for a follow-up. */
  readonly priority?: string;
}

/** A report in its place. */
export interface PlacedReport extends AgentReport {
  /** `17.2`: the second report of session 17. Given once in a repository. */
  readonly id: string;
}

export const isSameReport = (one: AgentReport, other: AgentReport): boolean =>
  one.kind === other.kind &&
  one.title === other.title &&
  (one.description ?? '') === (other.description ?? '');
