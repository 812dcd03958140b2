/** What the head of a Markdown document says of itself. */
export interface DocumentHead {
  /** Its first heading, without the number that it may begin with. */
  readonly title?: string;
  /** The word behind `Status:`, as written. */
  readonly status?: string;
}

const NUMBERED = /^(?:lld|issue|req)?[-_#\s]*0*([1-9]\d{0,8})(?=[-_.\s]|$)/i;
const NUMBER_IN_TITLE = /^(?:(?:lld|issue)[-\s]*)?#?\d+\s*[-\u2013\u2014:.]\s*/i;
const HEADING = /^#\s+(.+?)\s*#*\s*$/;
const STATUS = /^[\s>*-]*\**status\**\s*:\s*\**\s*(.+?)\s*\**\s*$/i;
/** The head of a document, in lines: what stands further down is about something else. */
const HEAD_LINES = 60;

/** The number of an issue at the start of a file's name: 42 of `LLD-042.md`, `issue-42.md`, `42-retry.md`. */
export function issueNumber(name: string): number | undefined {
  const digits = NUMBERED.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Reads the head of a Markdown text. Pure; never throws. */
export function readDocument(text: string): DocumentHead {
  let title: string | undefined;
  let status: string | undefined;
  for (const line of text.split('\n', HEAD_LINES)) {
    title ??= HEADING.exec(line)?.[1];
    status ??= STATUS.exec(line)?.[1];
  }
  const bare = title?.replace(NUMBER_IN_TITLE, '');
  return {
    ...(title === undefined ? {} : { title: bare === '' || bare === undefined ? title : bare }),
    ...(status === undefined ? {} : { status }),
  };
}

const DONE = /^(implemented|completed?|done|closed|superseded|rejected|obsolete|withdrawn)\b/i;

/** The status of a document that says of itself that nothing is to be done for it any more. */
export const doneStatus = ({ status }: DocumentHead) =>
  status !== undefined && DONE.test(status) ? status : undefined;
