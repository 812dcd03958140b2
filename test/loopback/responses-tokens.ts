import { createHash } from 'node:crypto';
import type { ResponsesBody } from './responses-body.js';
import type { ResponsesUsage } from './responses-reply.js';
import { estimateTokens } from './token-count.js';

/**
 * What an answer to this request reports as its input, and how much of that came from the cache: all up to the longest
 * beginning that `known` holds, which then holds all of this one's. Nobody says what to cache, as with the real one; it
 * keeps everything.
 */
export function chargeInput(
  known: Set<string>,
  { input }: ResponsesBody,
): Omit<ResponsesUsage, 'output_tokens'> {
  let digest = '';
  let total = 0;
  let cached = 0;
  for (const item of input) {
    // The client numbers its items anew in each request.
    const text = JSON.stringify({ ...item, id: undefined });
    digest = createHash('sha1').update(digest).update(text).digest('hex');
    total += estimateTokens(text);
    if (known.has(digest)) cached = total;
    known.add(digest);
  }
  return { input_tokens: total, cached_tokens: cached };
}
