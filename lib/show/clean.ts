const ESCAPE = '\u001b';
const BELL = '\u0007';
/** ECMA-48 escape sequences: CSI, OSC with its end, two-character ones. */
const SEQUENCES = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?|[@-Z\\\\-_])`,
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
