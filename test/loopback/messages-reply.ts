import { estimateTokens, type Usage } from './token-count.js';

/** One tool call of the scripted model. */
export interface ToolUse {
  /** `Bash`, `Write`, … */
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Words, tool calls, or both; the turn is over when there are no calls. */
export interface Answer {
  readonly say?: string;
  readonly use?: readonly ToolUse[];
}

/** What the scripted model answers to one request. */
export type ModelReply =
  | (Answer & ({ readonly say: string } | { readonly use: readonly ToolUse[] }))
  /** An error as the API reports it, before anything is streamed. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The request is accepted and never answered. */
  | { readonly silence: true }
  /** The connection is cut in the middle of the stream. */
  | { readonly cut: string }
  /** The API says in the middle of the stream that it is overloaded. */
  | { readonly overloadedAfter: string };

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** The body of an error answer. */
export const errorBody = (status: number, message = `scripted error ${status}`) => ({
  type: 'error',
  error: { type: ERROR_TYPES[status] ?? 'api_error', message },
});

/** Tokens of an answer: its words and its calls. */
export const outputOf = ({ say = '', use = [] }: Answer): number =>
  estimateTokens(say) + estimateTokens(use.map((call) => JSON.stringify(call)).join(''));

/** The head of an answer and what it costs. */
export interface AnswerHead {
  readonly id: string;
  readonly model: string;
  readonly usage: Usage;
}

/** The answer to a request that wants no stream. */
export const wholeAnswer = ({ id, model, usage }: AnswerHead, answer: Answer) => ({
  ...message(id, model),
  content: contentOf(id, answer),
  stop_reason: stopReason(answer),
  usage,
});

/**
 * The server-sent events of one answer, in the order and shape of the Messages API's streaming documentation
 * (message_start, content blocks with their deltas, message_delta with the stop reason, message_stop).
 */
export function* streamedAnswer(head: AnswerHead, answer: Answer): Generator<string> {
  const { id, model, usage } = head;
  yield event('message_start', {
    message: { ...message(id, model), usage: { ...usage, output_tokens: 1 } },
  });
  for (const [index, block] of contentOf(id, answer).entries()) {
    const [start, delta] =
      block.type === 'text'
        ? [
            { ...block, text: '' },
            { type: 'text_delta', text: block.text },
          ]
        : [
            { ...block, input: {} },
            { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
          ];
    yield event('content_block_start', { index, content_block: start });
    yield event('content_block_delta', { index, delta });
    yield event('content_block_stop', { index });
  }
  yield event('message_delta', {
    delta: { stop_reason: stopReason(answer), stop_sequence: null },
    usage,
  });
  yield event('message_stop', {});
}

/** The event that ends a stream early. */
export const overloadedEvent = () => event('error', { error: errorBody(529).error });

const message = (id: string, model: string) => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
});

const stopReason = ({ use = [] }: Answer) => (use.length > 0 ? 'tool_use' : 'end_turn');

const contentOf = (id: string, { say, use = [] }: Answer) => [
  ...(say === undefined ? [] : [{ type: 'text' as const, text: say }]),
  ...use.map(({ tool, input }, index) => ({
    type: 'tool_use' as const,
    id: `toolu_${id}_${index}`,
    name: tool,
    input,
  })),
];

const event = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
