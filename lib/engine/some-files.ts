/** The first five of a list of files for a sentence, and how many more there are. */
export function someFiles(files: readonly string[]): string {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  return files.slice(0, 5).join(', ') + more;
}
