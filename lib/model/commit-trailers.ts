/** A message with trailers as `git interpret-trailers` would add them: one block at the end after an empty line. */
export function withTrailers(
  message: string,
  trailers: readonly (readonly [name: string, value: string])[],
): string {
  const lines = trailers.map(([name, value]) => `${name}: ${value.replace(/\s+/g, ' ').trim()}`);
  return `${message.trimEnd()}\n\n${lines.join('\n')}\n`;
}
