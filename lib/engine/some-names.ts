const SHOWN = 5;

/** The first five of some failures, for one sentence. */
export const someNames = (names: readonly string[]): string =>
  names.slice(0, SHOWN).join(', ') +
  (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '');
