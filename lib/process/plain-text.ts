/* eslint-disable no-control-regex -- control characters are what this file is about */

/** Terminal sequences: CSI, OSC and its kin up to their terminator, and the two-byte escapes. */
const SEQUENCES =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u009b[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;
/** All of C0 but tab and line feed, delete, C1, and the marks that turn the reading direction round. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a foreign program made harmless for terminals, logs and pages: no escape sequences, no control characters
 * but tab and line feed; a carriage return at a line's end is dropped, elsewhere it becomes a line feed.
 */
export function plainText(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(/\r+(?=\n|$)/g, '')
    .replace(/\r/g, '\n')
    .replace(CONTROLS, '');
}
