/**
 * Text from outside (agents, checks, tickets) made safe for a terminal: escape sequences and control characters
 * removed, bidirectional overrides too, line breaks become spaces.
 */
export function clean(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- control characters are what it is about
      .replace(
        /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g,
        '',
      )
      .replace(/[\r\n\t]+/g, ' ')
      // eslint-disable-next-line no-control-regex -- as above
      .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
  );
}
