/** ECMA-48 escape sequences (CSI, OSC with its end, two-character ones), then whatever control character is left. */
const SEQUENCES = new RegExp(
  '\\u001b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|[@-Z\\\\-_])',
  'g',
);
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text from outside (agents, checks, tickets) made safe for a terminal: escape sequences, control characters and
 * overrides of the writing direction are removed; line breaks and tabs become spaces.
 */
export const clean = (text: string): string =>
  text
    .replace(SEQUENCES, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(CONTROLS, '');
