import stringWidth from 'string-width';

/** Texts of characters that take one column each: Latin, and the signs that our own lines are made of. */
const PLAIN = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u25a0]*$/;

/** Columns that a text takes in a terminal. Nearly all of it is counted without looking at graphemes. */
export const width = (text: string): number => (PLAIN.test(text) ? text.length : stringWidth(text));
