/** A text as one word for `sh`. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
