import { createHash } from 'node:crypto';
import { partsOf, resultOf, type Part, type RequestBody } from './request-body.js';

/** Tokens as an answer reports them. */
export interface Usage {
  /** Of the request, behind its last cache breakpoint. */
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
}

/** What was asked nothing or told nothing. */
export const NO_USAGE: Usage = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};

/**
 * An upper estimate, since the tokenizer is not public: up to four letters are a token, up to three digits, each other
 * sign, each run of line breaks; blanks belong to what follows them. On this repository's documents and JSON that is a
 * token for about 3 characters; Anthropic's rule of thumb for English is 3.5.
 */
export const estimateTokens = (text: string): number =>
  text.match(/\p{L}{1,4}|\p{N}{1,3}|[^\s\p{L}\p{N}]|[\r\n]+/gu)?.length ?? 0;

/** A stretch of a request, in the order in which the API caches: tools, system, messages. */
interface Block {
  readonly tokens: number;
  /** Of everything from the request's beginning up to here. */
  readonly digest: string;
  readonly isBreakpoint: boolean;
}

/**
 * What a prompt cache makes of requests: all up to the longest known prefix is read, the rest up to the last breakpoint
 * is written, only what follows is plain input. Shared by all callers, as by all keys of an organisation. Unlike the
 * real one it keeps everything: no expiry, no least length.
 */
export class PromptCache {
  readonly #known = new Set<string>();

  /** What the answer to this request reports, but for its own tokens; and remembers the request's prefixes. */
  charge(body: RequestBody): Omit<Usage, 'output_tokens'> {
    const blocks = blocksOf(body);
    const known = blocks.findLastIndex(({ digest }) => this.#known.has(digest));
    const written = blocks.findLastIndex(({ isBreakpoint }) => isBreakpoint);
    for (const { isBreakpoint, digest } of blocks) if (isBreakpoint) this.#known.add(digest);
    return {
      cache_read_input_tokens: sum(blocks.slice(0, known + 1)),
      cache_creation_input_tokens: sum(blocks.slice(known + 1, written + 1)),
      input_tokens: sum(blocks.slice(Math.max(known, written) + 1)),
    };
  }
}

/** Tokens of a request, cached or not. */
export const inputOf = (usage: Usage): number =>
  usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;

function blocksOf({ tools = [], system = [], messages }: RequestBody): readonly Block[] {
  const parts = [
    ...tools.map((tool) => ({ ...tool, type: 'tool' })),
    ...partsOf(system),
    ...messages.flatMap(({ role, content }) => partsOf(content).map((part) => ({ ...part, role }))),
  ];
  let digest = '';
  return parts.map(({ cache_control: breakpoint, ...part }) => {
    digest = createHash('sha1').update(digest).update(JSON.stringify(part)).digest('hex');
    return {
      tokens: estimateTokens(readText(part)),
      digest,
      isBreakpoint: breakpoint !== undefined,
    };
  });
}

/** What the model reads of a part; what it does not read (ids, flags) costs next to nothing. */
function readText(part: Part): string {
  if (part.type === 'text') return part.text ?? '';
  if (part.type === 'tool_use') return `${part.name ?? ''}${JSON.stringify(part.input)}`;
  if (part.type === 'tool_result') return resultOf(part);
  return JSON.stringify(part);
}

const sum = (blocks: readonly Block[]) => blocks.reduce((total, { tokens }) => total + tokens, 0);
