import type { PromptCache } from './token-count.js';

interface Part {
  readonly text?: string;
  readonly functionResponse?: { readonly response?: Readonly<Record<string, unknown>> };
}

interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

/** The body of `POST …:generateContent` and its streaming sister, as far as tests look at it. */
export interface GeminiBody {
  /** Both are in the path instead. */
  readonly model?: never;
  readonly stream?: never;
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly { readonly functionDeclarations?: readonly { name: string }[] }[];
  readonly generationConfig?: { readonly responseJsonSchema?: unknown };
}

/** How often the model has answered in this conversation. */
export const geminiTurn = ({ contents }: GeminiBody): number =>
  contents.filter(({ role }) => role === 'model').length;

/** All text of the user's side, from the conversation's beginning. */
export const geminiSaid = ({ contents }: GeminiBody): string =>
  contents
    .filter(({ role }) => role === 'user')
    .flatMap(({ parts = [] }) => parts.map(({ text }) => text ?? ''))
    .filter(Boolean)
    .join('\n');

/** Results of the tools that the model's last answer called. */
export const geminiResults = ({ contents }: GeminiBody): readonly string[] =>
  (contents.at(-1)?.parts ?? []).flatMap(({ functionResponse }) =>
    functionResponse
      ? [
          Object.values(functionResponse.response ?? {})
            .map(String)
            .join('\n'),
        ]
      : [],
  );

/** The tools that the model may call. */
export const geminiTools = ({ tools = [] }: GeminiBody): readonly string[] =>
  tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name));

/** What the request costs: every known beginning is read from the cache, without being asked for. */
export function chargeGemini(cache: PromptCache, body: GeminiBody) {
  const breakpoint = { cache_control: {} };
  const block = (content: object) => [
    { type: 'text', text: JSON.stringify(content), ...breakpoint },
  ];
  const charged = cache.charge({
    model: '',
    tools: (body.tools ?? []).map((tool) => ({ ...tool, ...breakpoint })),
    system: body.systemInstruction ? block(body.systemInstruction) : [],
    messages: body.contents.map((content) => ({
      role: content.role ?? '',
      content: block(content),
    })),
  });
  return {
    cached: charged.cache_read_input_tokens,
    fresh: charged.cache_creation_input_tokens + charged.input_tokens,
  };
}
