import { Grams, PART_LENGTH, type Secret } from './redact-grams.js';
import { RedactStream } from './redact-stream.js';

export type { Secret } from './redact-grams.js';

/** Keeps a set of secrets out of what is shown; made once, used for every output. */
export interface Redaction {
  /** For one output of one program. */
  stream(): RedactStream;
  /** For a text that is whole. */
  text(text: string): string;
}

/**
 * Leaves out every part of eight characters or more of these values: as it is, in base64 (at any place of what is encoded,
 * either alphabet), hexadecimal, percent-encoded, escaped as in JSON, broken over lines or by terminal sequences. What
 * stands there is the secret's name in brackets. A value with fewer characters is not looked for; nothing when none is
 * left, so that nobody pays for what is not there.
 */
export function createRedaction(secrets: readonly Secret[]): Redaction | undefined {
  const known = secrets.filter(({ value }) => value.length >= PART_LENGTH);
  if (known.length === 0) return undefined;
  const grams = new Grams(known);
  return {
    stream: () => new RedactStream(grams),
    text(text) {
      const stream = new RedactStream(grams);
      return Buffer.concat([stream.add(Buffer.from(text)), stream.end()]).toString('utf8');
    },
  };
}
