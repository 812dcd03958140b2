import { doneStatus, issueNumber, readDocument } from './read-document.js';
import { notRead, readIssue, type Issue, type IssueReading } from './issue.js';
import { readFolder, unusable, type FolderFile } from './read-folder.js';

const isIssueFile = (name: string) => /\.(md|json)$/i.test(name) && !/^(readme|[._])/i.test(name);

/**
 * Issues of a folder: Markdown files whose names begin with a number (`42-retry.md`, `issue-42.md`), and JSON files with
 * an issue, or a list of them, as the issues API writes it.
 */
export async function readIssueFiles(root: string, folder: string): Promise<IssueReading> {
  const { files, faults } = await readFolder(root, folder, isIssueFile, {
    key: 'requirements.issues',
  });
  const read = files.map((file) =>
    /\.json$/i.test(file.name) ? fromJson(file) : fromMarkdown(file),
  );
  return {
    issues: read.flatMap(({ issues }) => issues),
    faults: [...faults, ...read.flatMap((one) => one.faults)],
  };
}

function fromMarkdown({ path, name, text }: FolderFile): IssueReading {
  const number = issueNumber(name);
  if (number === undefined) {
    const hint = `begin it with the number of the issue: 42-${name.slice(0, 60)}`;
    return notRead(unusable(path, 'its name says no number of an issue', hint));
  }
  const head = readDocument(text);
  const issue: Issue = {
    number,
    title: head.title ?? name.replace(/\.md$/i, ''),
    body: text,
    isClosed: doneStatus(head) !== undefined,
    source: path,
  };
  return { issues: [issue], faults: [] };
}

function fromJson({ path, text }: FolderFile): IssueReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return notRead(unusable(path, `it is not JSON: ${(error as Error).message}`));
  }
  const read = (Array.isArray(value) ? value : [value]).map((one) => readIssue(one, path));
  return {
    issues: read.filter((one) => typeof one !== 'string'),
    faults: read.filter((one) => typeof one === 'string').map((why) => unusable(path, why)),
  };
}
