/** The same value with every text in it passed through `redact`. */
export function redacted<Value>(
  value: Value,
  redact: ((text: string) => string) | undefined,
): Value {
  return redact === undefined ? value : (inside(value, redact) as Value);
}

function inside(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => inside(one, redact));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, inside(one, redact)]),
  );
}
