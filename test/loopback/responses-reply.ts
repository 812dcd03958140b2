import type { ToolUse } from './messages-reply.js';

/** Words, tool calls, or both; the turn is over when there are no calls. */
export interface Answer {
  readonly say?: string;
  readonly use?: readonly ToolUse[];
}

/** What the scripted model answers to one request. */
export type ResponsesReply =
  | (Answer & ({ readonly say: string } | { readonly use: readonly ToolUse[] }))
  /** An error as the API reports it, before anything is streamed; `error` is what the body says of it. */
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly error?: Readonly<Record<string, unknown>>;
    }
  /** The request is accepted and never answered. */
  | { readonly silence: true }
  /** The connection is cut in the middle of the stream. */
  | { readonly cut: string }
  /** The connection is cut before anything is said. */
  | { readonly reset: true }
  /** The stream begins and goes on when this settles. */
  | { readonly say: string; readonly after: Promise<unknown> }
  /** The stream ends with the API's word that it failed. */
  | { readonly failed: { readonly code: string; readonly message: string } };

/** Tokens as an answer reports them: the input counts what came from the cache, the output what was thought. */
export interface ResponsesUsage {
  readonly input_tokens: number;
  readonly cached_tokens: number;
  readonly output_tokens: number;
}

/** The events of one answer, in the order and shape of the Responses API's streaming documentation. */
export function* streamedResponse(
  id: string,
  answer: Answer,
  usage: ResponsesUsage,
): Generator<string> {
  yield created(id);
  for (const [index, item] of itemsOf(id, answer).entries()) {
    yield event('response.output_item.added', { output_index: index, item });
    yield event('response.output_item.done', { output_index: index, item });
  }
  const { input_tokens, cached_tokens, output_tokens } = usage;
  yield event('response.completed', {
    response: {
      id,
      usage: {
        input_tokens,
        input_tokens_details: { cached_tokens },
        output_tokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: input_tokens + output_tokens,
      },
    },
  });
}

/** The beginning of an answer that breaks off. */
export const begunResponse = (id: string, say: string): string =>
  created(id) +
  event('response.output_item.added', { output_index: 0, item: message(id, '') }) +
  event('response.output_text.delta', { item_id: id, output_index: 0, delta: say });

/** An answer that fails after it began. */
export const failedResponse = (id: string, error: object): string =>
  created(id) + event('response.failed', { response: { id, status: 'failed', error } });

const created = (id: string) => event('response.created', { response: { id } });

const itemsOf = (id: string, { say, use = [] }: Answer) => [
  ...(say === undefined ? [] : [message(id, say)]),
  ...use.map(({ tool, input }, index) => callOf(tool, input, `${id}_${index}`)),
];

const message = (id: string, text: string) => ({
  type: 'message',
  role: 'assistant',
  id: `msg_${id}`,
  content: [{ type: 'output_text', text }],
});

/** A tool with the one field `input` takes free text, as `apply_patch` does; any other takes JSON. */
const callOf = (name: string, input: ToolUse['input'], id: string) =>
  typeof input['input'] === 'string'
    ? { type: 'custom_tool_call', id: `ct_${id}`, call_id: id, name, input: input['input'] }
    : {
        type: 'function_call',
        id: `fc_${id}`,
        call_id: id,
        name,
        arguments: JSON.stringify(input),
      };

const event = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
