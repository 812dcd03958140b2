import type { Answer } from './messages-reply.js';
import { estimateTokens } from './token-count.js';

/** Words, thoughts and tool calls of one turn. */
export interface ChatAnswer extends Answer {
  /** What a reasoning model thinks before it speaks. */
  readonly think?: string;
  /** Why it stopped, where it was neither done nor calling tools. */
  readonly finish?: 'length' | 'content_filter';
  /** The rest of the stream follows when this settles; the words are told before. */
  readonly restAfter?: Promise<void>;
}

/** What the scripted model answers to one request. */
export type ChatReply =
  | ChatAnswer
  /** An error as the API reports it, before anything is streamed; `code` and `message` as in its body. */
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly code?: string;
      readonly message?: string;
    }
  /** The request is accepted and never answered. */
  | { readonly silence: true }
  /** The connection is cut in the middle of the stream. */
  | { readonly cut: string }
  /** The connection is reset before anything is answered. */
  | { readonly reset: true };

/** Tokens as an answer's parts add up to them; OpenAI's `prompt_tokens` is `fresh + cached`. */
export interface ChatUsage {
  readonly fresh: number;
  readonly cached: number;
  readonly spoken: number;
  readonly reasoned: number;
}

/** What was asked nothing or told nothing. */
export const NO_CHAT_USAGE: ChatUsage = { fresh: 0, cached: 0, spoken: 0, reasoned: 0 };

/** Tokens of an answer. */
export const spokenIn = ({ say = '', use = [], think = '' }: ChatAnswer) => ({
  spoken: estimateTokens(say) + estimateTokens(use.map((call) => JSON.stringify(call)).join('')),
  reasoned: estimateTokens(think),
});

/** The body of an error answer. */
export const chatError = (status: number, code?: string, message?: string) => ({
  error: {
    message: message ?? `scripted error ${status}`,
    type: code ?? TYPES[status] ?? 'server_error',
    param: null,
    code: code ?? null,
  },
});

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_exceeded',
};

/** The head of an answer and what it costs. */
export interface ChatHead {
  readonly id: string;
  readonly model: string;
  readonly usage: ChatUsage;
}

/** The answer to a request that wants no stream. */
export const wholeChat = (head: ChatHead, answer: ChatAnswer) => ({
  ...base(head, 'chat.completion'),
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: answer.say ?? null,
        ...(answer.use ? { tool_calls: callsOf(head, answer) } : {}),
      },
      finish_reason: finishOf(answer),
    },
  ],
  usage: usageOf(head.usage),
});

/**
 * The server-sent events of one answer, in the order and shape of the API's streaming reference: deltas, the finish
 * reason, the usage, `[DONE]`.
 */
export function* streamedChat(head: ChatHead, answer: ChatAnswer): Generator<string> {
  const chunk = (delta: object, finish: string | null = null) =>
    data({
      ...base(head, 'chat.completion.chunk'),
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  yield chunk({ role: 'assistant', content: '' });
  if (answer.think !== undefined) yield chunk({ reasoning_content: answer.think });
  if (answer.say !== undefined) yield chunk({ content: answer.say });
  for (const [index, call] of callsOf(head, answer).entries()) {
    yield chunk({ tool_calls: [{ index, ...call }] });
  }
  yield chunk({}, finishOf(answer));
  yield data({
    ...base(head, 'chat.completion.chunk'),
    choices: [],
    usage: usageOf(head.usage),
  });
  yield 'data: [DONE]\n\n';
}

const base = ({ id, model }: ChatHead, object: string) => ({ id, object, created: 1, model });

const finishOf = ({ finish, use = [] }: ChatAnswer) =>
  finish ?? (use.length > 0 ? 'tool_calls' : 'stop');

const callsOf = ({ id }: ChatHead, { use = [] }: ChatAnswer) =>
  use.map(({ tool, input }, index) => ({
    id: `call_${id}_${index}`,
    type: 'function',
    function: { name: tool, arguments: JSON.stringify(input) },
  }));

const usageOf = ({ fresh, cached, spoken, reasoned }: ChatUsage) => ({
  prompt_tokens: fresh + cached,
  completion_tokens: spoken + reasoned,
  total_tokens: fresh + cached + spoken + reasoned,
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: reasoned },
});

const data = (fields: object) => `data: ${JSON.stringify(fields)}\n\n`;
