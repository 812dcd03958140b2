/** A text as a multi-line basic string of TOML. */
export const tomlText = (text: string): string =>
  `"""\n${text.replaceAll('\\', '\\\\').replaceAll('"""', '""\\"')}"""`;
