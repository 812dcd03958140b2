import { ticketId } from '../model/ids.js';
import type { Item } from '../model/item.js';
import { landedItems } from './landed-items.js';
import { doneStatus, issueNumber, readDocument } from './read-document.js';
import type { FoundItems, ItemPlace, Preset } from './preset.js';
import { readFolder, type FolderFile } from './read-folder.js';

/** `sage implement`: design documents (LLDs) that nobody has implemented yet; each is to be. */
export const implement: Preset = {
  backlog: 'implement',
  collect,
  ticketOf: ({ issue, source }) => ({
    type: 'feature',
    description: `Implement the design document ${source} (issue ${issue}).`,
    docs: { lld: source },
  }),
};

const isDesign = (name: string) => /\.md$/i.test(name) && issueNumber(name) !== undefined;

async function collect({ repository, settings, base }: ItemPlace): Promise<FoundItems> {
  const { llds } = settings.config.implement;
  const [{ files, faults }, landed] = await Promise.all([
    readFolder(repository.root, llds, isDesign, { key: 'implement.llds', isDeep: true }),
    landedItems(repository, base, 'lld-'),
  ]);
  if (!landed.ok) return { faults: [...faults, landed.failure] };
  if (faults.length > 0) return { faults };
  const items = files.flatMap((file) => {
    const issue = issueNumber(file.name);
    return issue === undefined ? [] : [itemOf(issue, file, landed.value)];
  });
  return { items };
}

function itemOf(
  issue: number,
  { path, name, text }: FolderFile,
  landed: ReadonlyMap<string, string>,
): Item {
  const id = ticketId(`lld-${issue}`);
  const head = readDocument(text);
  const commit = landed.get(id);
  const status = doneStatus(head);
  const said = status === undefined ? undefined : `it says "Status: ${status}"`;
  const done = commit === undefined ? said : `landed as ${commit.slice(0, 10)}`;
  return {
    id,
    issue,
    title: head.title ?? name.replace(/\.md$/i, ''),
    text,
    source: path,
    ...(done === undefined ? {} : { done }),
  };
}
