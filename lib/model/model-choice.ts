/** Sizes of models, the smallest first. */
export const modelTiers = ['small', 'medium', 'large'] as const;
export type ModelTier = (typeof modelTiers)[number];

/** Which model works on a ticket, and why. */
export interface ModelChoice {
  /** Absent: a ticket asked for a model by its name. */
  readonly tier?: ModelTier;
  readonly name: string;
  /** The ticket itself asks for it (`force_model`): no other is put in its place. */
  readonly isForced?: true;
  /** One sentence. */
  readonly because: string;
}

/** What became of earlier attempts at tickets of one type by models of one tier. */
export interface TierRecord {
  /** The ticket's type, lower case. */
  readonly type: string;
  readonly tier: ModelTier;
  readonly landed: number;
  readonly failed: number;
}
