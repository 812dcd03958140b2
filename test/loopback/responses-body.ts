/** A part of an item's content, as far as tests look at it. */
interface ContentPart {
  readonly type: string;
  readonly text?: string;
}

/** One item of a conversation: a message, a tool call, its output, … */
export interface InputItem {
  readonly type: string;
  readonly role?: string;
  readonly content?: string | readonly ContentPart[];
  readonly output?: string | readonly ContentPart[];
}

/** The body of `POST /responses`, as far as tests look at it. */
export interface ResponsesBody {
  readonly model: string;
  readonly input: readonly InputItem[];
}

/** What the model itself said before: words and calls of tools. */
const isAnswered = ({ type, role }: InputItem) =>
  role === 'assistant' || type === 'function_call' || type === 'custom_tool_call';

/** How often the model has answered in this conversation: what it said in one go is one answer. */
export const answersIn = ({ input }: ResponsesBody): number =>
  input.filter((item, at) => isAnswered(item) && !(at > 0 && isAnswered(input[at - 1]!))).length;

/** All text of the user's side, from the conversation's beginning; the client's own words about the place are in it. */
export const saidByUser = ({ input }: ResponsesBody): string =>
  input
    .filter(({ role }) => role === 'user')
    .map(({ content }) => textIn(content))
    .join('\n');

/** Outputs of the tools that the model's last answer called. */
export const outputsIn = ({ input }: ResponsesBody): readonly string[] =>
  input
    .slice(input.findLastIndex(isAnswered) + 1)
    .filter(({ type }) => type.endsWith('_call_output'))
    .map(({ output }) => textIn(output));

function textIn(content: string | readonly ContentPart[] = ''): string {
  if (typeof content === 'string') return content;
  return content.map(({ text = '' }) => text).join('\n');
}
