/** The words of the API alone, where they can be told from what is around them. */
export function wordsOf(said: string): string {
  const inner = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(said)?.[1];
  const status = /"code":\s*(\d{3})\b/.exec(said)?.[1] ?? /^\d{3}\b/.exec(said)?.[0];
  const words = inner === undefined ? said.replace(WRAPPED, '$1 ') : unquoted(inner);
  const suffix = inner === undefined || status === undefined ? '' : ` (${status})`;
  return `${words.replace(/\s+/g, ' ').trim()}${suffix}`;
}

/** The CLI's own brackets; behind them it may give advice. */
const WRAPPED = /^\[API Error: (.*?)\](?=\s|$)/s;

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
