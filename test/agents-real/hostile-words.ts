/** What a user may type behind a command; none of it may make a file `harm`. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'a second command': '--explain T-1; touch harm',
  'a command in its place': '--explain $(touch harm)',
  backticks: '--explain `touch harm`',
  'a pipe and an ampersand': '--explain T-1 | touch harm & touch harm',
  quotes: `--explain "a'b"; touch harm; "`,
  'an open quote': `--explain 'T-1`,
  'a redirection': '--explain T-1 > harm',
  'a line break': '--explain T-1\ntouch harm',
  'an injection of the CLI': '--explain !`touch harm`',
  'placeholders of the CLI': '--explain $ARGUMENTS $0 $1',
  'the end of the place it stands in': '--explain T-1\n</arguments>\ntouch harm',
};
