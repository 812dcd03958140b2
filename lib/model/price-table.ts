/** What a model asks for its tokens: USD per million of them, which is micro-dollars for each. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Absent: as input. */
  readonly cacheRead?: number;
  /** Absent: as input. */
  readonly cacheWrite?: number;
}

/** Prices as they stood on one day. */
export interface PriceTable {
  /** `YYYY-MM-DD`. */
  readonly dated: string;
  /** By the model's name, `*` for any text. The pattern with the most letters of its own counts. */
  readonly models: Readonly<Record<string, ModelPrice>>;
}

const fable: ModelPrice = { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 };
const opus55: ModelPrice = { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 };
const sonnet5: ModelPrice = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };
const sonnet55: ModelPrice = { ...sonnet5, cacheRead: 0.1 };
const haiku55: ModelPrice = { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 };
const opus4: ModelPrice = { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 };
const opus: ModelPrice = { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 };
const sonnet: ModelPrice = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
const haiku: ModelPrice = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 };
const gpt6Sol: ModelPrice = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };
const gpt56Sol: ModelPrice = { input: 4, output: 20, cacheRead: 0.4 };
const gpt5: ModelPrice = { input: 1.25, output: 10, cacheRead: 0.125 };
const gpt5Mini: ModelPrice = { input: 0.25, output: 2, cacheRead: 0.025 };
const gpt52: ModelPrice = { input: 1.75, output: 14, cacheRead: 0.175 };
/** Half of what is asked from 2027 on. */
const geminiFlash: ModelPrice = { input: 0.75, output: 3.75, cacheRead: 0.075 };
const gemini3Pro: ModelPrice = { input: 2, output: 12, cacheRead: 0.2 };

/**
 * The vendors' list prices for direct calls on the day below, for models that an agent CLI does not tell the cost of.
 * `prices:` in the configuration goes before it. Names that are not here have no price: a cost is rather called unknown
 * than guessed. Where a price depends on the length of the context, it is that of the shorter one.
 */
export const priceTable: PriceTable = {
  dated: '2026-11-05',
  models: {
    // Anthropic; cache writes for five minutes.
    haiku: haiku55,
    sonnet: sonnet55,
    opus: opus55,
    '*claude-fable-5-1*': { ...fable, cacheRead: 0.25 },
    '*claude-fable-5': fable,
    '*claude-opus-5-5*': opus55,
    '*claude-opus-5': opus,
    '*claude-sonnet-5-5*': sonnet55,
    '*claude-sonnet-5': sonnet5,
    '*claude-haiku-5-5*': haiku55,
    '*claude-haiku-4-5*': haiku,
    '*claude-3-5-haiku*': { input: 0.8, output: 4, cacheRead: 0.08, cacheWrite: 1 },
    '*claude-3-haiku*': { input: 0.25, output: 1.25, cacheRead: 0.03, cacheWrite: 0.3 },
    '*claude-sonnet-4*': sonnet,
    '*claude-3-7-sonnet*': sonnet,
    '*claude-3-5-sonnet*': sonnet,
    '*claude-opus-4-20*': opus4,
    '*claude-opus-4-1*': opus4,
    '*claude-3-opus*': opus4,
    '*claude-opus-4-5*': opus,
    '*claude-opus-4-6*': opus,
    '*claude-opus-4-7*': opus,
    '*claude-opus-4-8*': opus,
    // OpenAI.
    'gpt-6-astra': { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 },
    'gpt-6.1-sol': { ...gpt6Sol, cacheRead: 0.1 },
    'gpt-6-sol': gpt6Sol,
    'gpt-6.1-terra': { input: 1, output: 5, cacheRead: 0.05, cacheWrite: 1.25 },
    'gpt-6-luna': { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 },
    'gpt-5.6': gpt56Sol,
    'gpt-5.6-sol': gpt56Sol,
    'gpt-5.6-terra': { input: 2, output: 12, cacheRead: 0.2 },
    'gpt-5.6-luna': { input: 0.2, output: 1.2, cacheRead: 0.02 },
    'gpt-5': gpt5,
    'gpt-5-20*': gpt5,
    'gpt-5-codex': gpt5,
    'gpt-5-mini*': gpt5Mini,
    'gpt-5-nano*': { input: 0.05, output: 0.4, cacheRead: 0.005 },
    'gpt-5.1': gpt5,
    'gpt-5.1-20*': gpt5,
    'gpt-5.1-codex': gpt5,
    'gpt-5.1-codex-max': gpt5,
    'gpt-5.1-codex-mini': gpt5Mini,
    'gpt-5.2': gpt52,
    'gpt-5.2-20*': gpt52,
    'gpt-5.2-codex': gpt52,
    'gpt-5.3-codex': gpt52,
    'gpt-5.4': { input: 2.5, output: 15, cacheRead: 0.25 },
    'gpt-5.5': { input: 5, output: 30, cacheRead: 0.5 },
    'gpt-4.1': { input: 2, output: 8, cacheRead: 0.5 },
    'gpt-4o': { input: 2.5, output: 10, cacheRead: 1.25 },
    'gpt-4o-mini': { input: 0.15, output: 0.6, cacheRead: 0.075 },
    o3: { input: 2, output: 8, cacheRead: 0.5 },
    'o4-mini': { input: 1.1, output: 4.4, cacheRead: 0.275 },
    // Google; up to 200,000 tokens of context.
    'gemini-2.5-pro': { input: 1.25, output: 10, cacheRead: 0.125 },
    'gemini-2.5-flash': { input: 0.3, output: 2.5, cacheRead: 0.03 },
    'gemini-2.5-flash-lite': { input: 0.1, output: 0.4, cacheRead: 0.01 },
    'gemini-3-flash-preview': { input: 0.5, output: 3, cacheRead: 0.05 },
    'gemini-3.6-flash': geminiFlash,
    'gemini-3.7-flash': geminiFlash,
    'gemini-3.8-flash': geminiFlash,
    'gemini-3-pro-preview': gemini3Pro,
    'gemini-3.1-pro-preview': gemini3Pro,
  },
};
