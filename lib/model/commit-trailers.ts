/** A trailer of a commit message: `Closes: #T-12`. */
export type Trailer = readonly [name: string, value: string];

const TRAILER = /^([A-Za-z0-9][A-Za-z0-9-]*):[ \t]*(.*)$/;

/**
 * A message with trailers as `git interpret-trailers` would add them: one block at the end after an empty line, which
 * is the message's own block where it has one.
 */
export function withTrailers(message: string, trailers: readonly Trailer[]): string {
  const lines = trailers.map(([name, value]) => `${name}: ${value.replace(/\s+/g, ' ').trim()}`);
  const body = message.trimEnd();
  const gap = trailersOf(body).length > 0 ? '\n' : '\n\n';
  return `${body}${gap}${lines.join('\n')}\n`;
}

/**
 * The trailers of a message: its last paragraph, when that is not the only one and every line of it is a trailer or
 * goes on with one (begins with white space).
 */
export function trailersOf(message: string): readonly Trailer[] {
  const paragraphs = message.trimEnd().split(/\n[ \t]*\n/);
  if (paragraphs.length < 2) return [];
  const found: [string, string][] = [];
  for (const line of (paragraphs.at(-1) ?? '').split('\n').filter((one) => one !== '')) {
    const [, name, value] = TRAILER.exec(line) ?? [];
    const last = found.at(-1);
    if (name !== undefined && value !== undefined) found.push([name, value.trim()]);
    else if (last && /^[ \t]/.test(line)) last[1] += ` ${line.trim()}`;
    else return [];
  }
  return found;
}
