/** A word for a POSIX shell, quoted only where it must be: for commands that people copy. */
export const shellQuoted = (word: string) =>
  /^[A-Za-z0-9@%+=:,./_-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
