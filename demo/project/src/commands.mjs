/** The program's commands: each makes a text of a text. */
export const commands = {
  version: () => '1.0.0',
};
