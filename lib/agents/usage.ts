import type { AgentMessage, Usage } from '../model/agent.js';

type TokenClass = Exclude<keyof Usage, 'costMicroUsd'>;
const CLASSES = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'costMicroUsd',
] as const satisfies readonly (keyof Usage)[];

/** The sum, class by class; a class that neither tells stays untold. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: { -readonly [Class in keyof Usage]: Usage[Class] } = {};
  for (const name of CLASSES) {
    const [a, b] = [one[name], other[name]];
    if (a !== undefined || b !== undefined) sum[name] = (a ?? 0) + (b ?? 0);
  }
  return sum;
}

/** What `total` has more than `before`, class by class, never less than nothing. */
export function subtractUsage(total: Usage, before: Usage): Usage {
  const rest: { -readonly [Class in keyof Usage]: Usage[Class] } = {};
  for (const name of CLASSES) {
    const sum = total[name];
    if (sum !== undefined) rest[name] = Math.max(0, sum - (before[name] ?? 0));
  }
  return rest;
}

/** A cost in dollars as integer micro-dollars; nothing for what is no amount. */
export const microUsd = (usd: unknown): Usage =>
  isAmount(usd) ? { costMicroUsd: Math.round(usd * 1_000_000) } : {};

/** A count of tokens of one class; nothing for what is no amount. */
export const tokens = (name: TokenClass, count: unknown): Usage =>
  isAmount(count) ? { [name]: Math.round(count) } : {};

export const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** The model that a message names. */
export const modelOf = (message: AgentMessage): string | undefined =>
  message.type === 'session' || message.type === 'usage' ? message.model : undefined;
