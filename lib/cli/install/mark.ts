import { createHash } from 'node:crypto';

/** What the mark of a file says of it. */
interface Mark {
  /** How many of the folders above the file were made for it. */
  readonly folders: number;
  /** Nobody has changed the file since it was written. */
  readonly isUnchanged: boolean;
}

const WORDS =
  '# Written by `sage install`; as long as nobody changes it, `--remove` takes it back.';
const MARK = /^# Written by `sage install`;.* folders=(\d+) sha256=([0-9a-f]*)$/m;

/**
 * The line, a comment in YAML and TOML, by which a file is known again: its fingerprint is over the whole text, and is put
 * in by {@link sign}.
 */
export const markLine = (folders: number): string => `${WORDS} folders=${folders} sha256=`;

/** The text with the fingerprint in its mark. */
export function sign(text: string): string {
  return text.replace(MARK, (line) => line + fingerprint(text));
}

/** Nothing where the text has no mark of ours. Other line ends, as git may make them, are no change. */
export function readMark(found: string): Mark | undefined {
  const text = found.replaceAll('\r\n', '\n');
  const mark = MARK.exec(text);
  if (mark === null) return undefined;
  const [line, folders = '0', told = ''] = mark;
  const unsigned = text.replace(line, () => line.slice(0, line.length - told.length));
  return { folders: Number(folders), isUnchanged: fingerprint(unsigned) === told };
}

const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex');
