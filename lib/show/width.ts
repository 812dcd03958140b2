import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that a text takes in a terminal. Plain ASCII, nearly all of it, is counted without looking at graphemes. */
export const width = (text: string): number => (PLAIN.test(text) ? text.length : stringWidth(text));
