/* eslint-disable no-control-regex -- taking them out is the purpose */

/** `ESC [ … letter` (colours, cursor) and `ESC ] … BEL` (titles, links, clipboard). */
const SEQUENCES = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?/g;
/** C0 but tab and newline, DEL, C1, and marks that turn the reading direction. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of others (an index, an agent, a file name) made safe for a terminal; tabs and newlines stay. */
export const printable = (text: string) => text.replace(SEQUENCES, '').replace(CONTROLS, '');

/** The same on one line: runs of white space become one blank. */
export const printableLine = (text: string) => printable(text.replace(/\s+/g, ' ')).trim();
