/** A part of a message's content, as far as tests look at it. */
export interface Part {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly content?: unknown;
  readonly is_error?: boolean;
  readonly cache_control?: unknown;
}

interface Message {
  readonly role: string;
  readonly content: string | readonly Part[];
}

/** The body of `POST /v1/messages`, as far as tests look at it. */
export interface RequestBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly cache_control?: unknown }[];
  readonly system?: string | readonly Part[];
  readonly messages: readonly Message[];
}

/** How often the model has answered in this conversation. */
export const turnOf = ({ messages }: Pick<RequestBody, 'messages'>): number =>
  messages.filter(({ role }) => role === 'assistant').length;

/** All text of the user's side, from the conversation's beginning. */
export const saidIn = ({ messages }: RequestBody): string =>
  messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => partsOf(content))
    .map(textOf)
    .filter(Boolean)
    .join('\n');

/** A slash command of a plugin that the client put its instructions in the place of. */
export interface Expanded {
  /** `sage:stream`, however it was typed. */
  readonly name: string;
  /** The instructions, the user's arguments in them. */
  readonly text: string;
  /** How often the model has answered since. */
  readonly turn: number;
}

/** The last slash command of the conversation. */
export function expandedIn({ messages }: RequestBody): Expanded | undefined {
  const texts = messages.map(({ content }) => partsOf(content).map(textOf).join('\n'));
  const begin = '<command-name>/';
  const at = texts.findLastIndex((text) => text.includes(begin));
  if (at < 0) return undefined;
  const [name = '', ...text] = texts[at]!.slice(texts[at]!.lastIndexOf(begin) + begin.length).split(
    '</command-name>',
  );
  return { name, text: text.join(''), turn: turnOf({ messages: messages.slice(at) }) };
}

/** Results of the tools that the model's last answer called. */
export function resultsIn({ messages }: RequestBody) {
  const last = messages.findLast(({ role }) => role === 'user');
  return partsOf(last?.content ?? [])
    .filter(({ type }) => type === 'tool_result')
    .map((part) => ({ text: resultOf(part), isError: part.is_error === true }));
}

/** The last result of a tool, wherever in the conversation. */
export const seenIn = ({ messages }: RequestBody): string =>
  messages
    .flatMap(({ content }) => partsOf(content))
    .filter(({ type }) => type === 'tool_result')
    .map(resultOf)
    .at(-1) ?? '';

/** What the user typed last, a command or words; without what the client adds in tags of its own. */
export function typedIn({ messages }: RequestBody): string {
  const words = messages
    .filter(({ role }) => role === 'user')
    .map(({ content }) => partsOf(content).map(textOf))
    .map((texts) => texts.filter((text) => text !== '' && !text.startsWith('<')).join('\n'));
  return words.findLast((text) => text !== '') ?? '';
}

/** A content is text, or parts. */
export const partsOf = (content: string | readonly Part[]): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

/** A tool's result is text, or parts of text. */
export function resultOf({ content }: Part): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? (content as Part[]).map(textOf).join('\n') : '';
}

const textOf = (part: Part) => (part.type === 'text' ? (part.text ?? '') : '');
