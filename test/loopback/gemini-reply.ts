import type { Answer } from './messages-reply.js';
import { estimateTokens } from './token-count.js';

/** Words, thoughts and tool calls of one turn. */
export interface GeminiAnswer extends Answer {
  /** What the model thinks before it speaks. */
  readonly think?: string;
  /** Why it stopped. Default STOP. */
  readonly finish?: 'STOP' | 'SAFETY' | 'MAX_TOKENS';
  /** The end of the stream follows when this settles; all else is told before. */
  readonly endAfter?: Promise<void>;
}

/** What the scripted model answers to one request. */
export type GeminiReply =
  | GeminiAnswer
  /** An error as the API reports it, before anything is streamed; `details` as in google.rpc.Status. */
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
      readonly details?: readonly object[];
    }
  /** The request is accepted and never answered. */
  | { readonly silence: true }
  /** The connection is cut in the middle of the stream. */
  | { readonly cut: string };

/** Tokens as an answer's parts add up to them; Gemini's `promptTokenCount` is `fresh + cached`. */
export interface GeminiUsage {
  readonly fresh: number;
  readonly cached: number;
  readonly spoken: number;
  readonly thought: number;
}

/** What was asked nothing or told nothing. */
export const NO_GEMINI_USAGE: GeminiUsage = { fresh: 0, cached: 0, spoken: 0, thought: 0 };

/** Tokens of an answer. */
export const spokenInGemini = ({ say = '', use = [], think = '' }: GeminiAnswer) => ({
  spoken: estimateTokens(say) + estimateTokens(use.map((call) => JSON.stringify(call)).join('')),
  thought: estimateTokens(think),
});

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** The body of an error answer. */
export const geminiError = (status: number, message?: string, details?: readonly object[]) => ({
  error: {
    code: status,
    message: message ?? `scripted error ${status}`,
    status: STATUSES[status] ?? 'UNKNOWN',
    ...(details ? { details } : {}),
  },
});

const TYPE = 'type.googleapis.com/google.rpc.';

/** The detail that names the limit which was met. */
export const quotaFailure = (quotaId: string) => ({
  '@type': `${TYPE}QuotaFailure`,
  violations: [{ quotaId }],
});

/** The detail that says when to come again: `41s`. */
export const retryInfo = (retryDelay: string) => ({ '@type': `${TYPE}RetryInfo`, retryDelay });

/** What the answer says that it is and costs. */
export interface GeminiHead {
  readonly model: string;
  readonly usage: GeminiUsage;
}

/** The answer to a request that wants no stream. */
export const wholeGemini = (head: GeminiHead, answer: GeminiAnswer) => ({
  ...chunk(head, partsOf(answer), answer.finish ?? 'STOP'),
  usageMetadata: meta(head.usage),
});

/** The server-sent events of one answer: thoughts, words in two pieces, calls; the last has the reason and the usage. */
export function streamedGemini(head: GeminiHead, answer: GeminiAnswer): readonly string[] {
  const parts = partsOf(answer);
  const last = chunk(head, parts.slice(-1), answer.finish ?? 'STOP');
  return [
    ...parts.slice(0, -1).map((part) => chunk(head, [part])),
    { ...last, usageMetadata: meta(head.usage) },
  ].map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`);
}

const chunk = ({ model }: GeminiHead, parts: readonly object[], finishReason?: string) => ({
  candidates: [
    { content: { role: 'model', parts }, index: 0, ...(finishReason ? { finishReason } : {}) },
  ],
  modelVersion: model,
});

const partsOf = ({ say = '', think, use = [] }: GeminiAnswer): readonly object[] => {
  const middle = Math.ceil(say.length / 2);
  const words = [say.slice(0, middle), say.slice(middle)].filter((half) => half !== '');
  return [
    ...(think === undefined ? [] : [{ text: think, thought: true }]),
    ...words.map((text) => ({ text })),
    ...use.map(({ tool, input }) => ({ functionCall: { name: tool, args: input } })),
  ];
};

const meta = ({ fresh, cached, spoken, thought }: GeminiUsage) => ({
  promptTokenCount: fresh + cached,
  ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
  candidatesTokenCount: spoken,
  ...(thought > 0 ? { thoughtsTokenCount: thought } : {}),
  totalTokenCount: fresh + cached + spoken + thought,
});
