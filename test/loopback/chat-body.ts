import type { Part } from './request-body.js';
import type { PromptCache, Usage } from './token-count.js';

interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly Part[] | null;
}

/** The body of `POST /v1/chat/completions`, as far as tests look at it. */
export interface ChatBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly object[];
  readonly messages: readonly ChatMessage[];
}

/** How often the model has answered in this conversation. */
export const chatTurn = ({ messages }: ChatBody): number =>
  messages.filter(({ role }) => role === 'assistant').length;

/** All text of the user's side, from the conversation's beginning. */
export const chatSaid = ({ messages }: ChatBody): string =>
  messages
    .filter(({ role }) => role === 'user')
    .map(textOf)
    .join('\n');

/** Results of the tools that the model's last answer called. */
export function chatResults({ messages }: ChatBody): readonly string[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  return messages
    .slice(last + 1)
    .filter(({ role }) => role === 'tool')
    .map(textOf);
}

/** What the request costs: of OpenAI's prompts every known beginning is read from the cache, without being asked for. */
export function chargeChat(cache: PromptCache, { tools = [], messages }: ChatBody) {
  const breakpoint = { cache_control: {} };
  const charged: Omit<Usage, 'output_tokens'> = cache.charge({
    model: '',
    tools: tools.map((tool) => ({ ...tool, ...breakpoint })),
    messages: messages.map((message) => ({
      role: message.role,
      content: [{ type: 'text', text: JSON.stringify(message), ...breakpoint }],
    })),
  });
  return {
    cached: charged.cache_read_input_tokens,
    fresh: charged.cache_creation_input_tokens + charged.input_tokens,
  };
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('\n');
}
