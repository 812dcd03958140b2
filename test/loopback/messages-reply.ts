/** One tool call of the scripted model. */
export interface ToolUse {
  /** `Bash`, `Write`, … */
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the scripted model answers to one request. */
export type ModelReply =
  /** Words, and the turn is over. */
  | { readonly say: string }
  /** Tool calls, perhaps with words before them; the client answers with their results. */
  | { readonly use: readonly ToolUse[]; readonly say?: string }
  /** An error as the API reports it, before anything is streamed. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The request is accepted and never answered. */
  | { readonly silence: true }
  /** The connection is cut in the middle of the stream. */
  | { readonly cut: string };

/** Tokens that every streamed answer reports. */
export const REPORTED_USAGE = {
  input_tokens: 1000,
  cache_creation_input_tokens: 20,
  cache_read_input_tokens: 300,
  output_tokens: 50,
} as const;

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** The body of an error answer. */
export const errorBody = (status: number) => ({
  type: 'error',
  error: { type: ERROR_TYPES[status] ?? 'api_error', message: `scripted error ${status}` },
});

/**
 * The server-sent events of one answer, in the order and shape of the Messages API's streaming documentation
 * (message_start, content blocks with their deltas, message_delta with the stop reason, message_stop).
 */
export function* streamedAnswer(
  id: string,
  model: string,
  { say, use = [] }: { readonly say?: string; readonly use?: readonly ToolUse[] },
): Generator<string> {
  yield event('message_start', {
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...REPORTED_USAGE, output_tokens: 1 },
    },
  });
  let index = 0;
  if (say !== undefined) {
    yield* block(index++, { type: 'text', text: '' }, { type: 'text_delta', text: say });
  }
  for (const { tool, input } of use) {
    yield* block(
      index,
      { type: 'tool_use', id: `toolu_${id}_${index}`, name: tool, input: {} },
      { type: 'input_json_delta', partial_json: JSON.stringify(input) },
    );
    index += 1;
  }
  yield event('message_delta', {
    delta: { stop_reason: use.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: REPORTED_USAGE,
  });
  yield event('message_stop', {});
}

function* block(index: number, start: object, delta: object): Generator<string> {
  yield event('content_block_start', { index, content_block: start });
  yield event('content_block_delta', { index, delta });
  yield event('content_block_stop', { index });
}

const event = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
