import type { Effect } from '../model/effect.js';
import type { EventOf } from '../model/event.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { IndexCommit } from '../model/intent.js';
import { candidateRef } from '../git/candidate-refs.js';
import { createCommit } from '../git/commits.js';
import type { Depot, Identity } from '../git/places.js';
import { placeRef } from '../git/clear-ref-folders.js';
import { editTree, entryAt, readBlob, writeBlob } from '../git/trees.js';

export interface BookkeepingDeps {
  readonly depot: Depot;
  readonly identity: Identity;
  /** Of the ticket index, in the repository: `.sage/tickets/index.json`. */
  readonly indexPath: string;
  /** The index as it stands on the run's branch, with the run's final states written into it. */
  readonly finalIndexText: (text: string) => Promise<Result<string>> | Result<string>;
  /** `<run>/bookkeeping`: name of the candidate under refs/sage/candidate/. */
  readonly candidate: string;
}

/**
 * The effect that builds the run's last commit: on the landed tip, changing nothing but the ticket index. Where the
 * index is not tracked, or the states stand there already, there is none. The same intent makes the same commit.
 */
export function createIndexCommit(deps: BookkeepingDeps): Effect<'index.commit'> {
  const perform: Effect<'index.commit'>['perform'] = async (intent) => {
    const commit = await build(deps, intent);
    const body: EventOf<'bookkeeping.prepared'> = {
      type: 'bookkeeping.prepared',
      ...(commit.ok
        ? commit.value === undefined
          ? {}
          : { commit: commit.value }
        : { failure: commit.failure }),
    };
    return [{ ...body, closes: intent.key }];
  };
  return { perform, reconcile: perform };
}

async function build(
  { depot, identity, indexPath, finalIndexText, candidate }: BookkeepingDeps,
  { onto, message, at }: IndexCommit,
): Promise<Result<Oid | undefined>> {
  const { git, path: cwd } = depot;
  const entry = await entryAt(git, cwd, onto, indexPath);
  if (!entry.ok) return entry;
  const mode = entry.value?.mode;
  if (mode !== '100644' && mode !== '100755') return success(undefined);
  const bytes = await readBlob(git, cwd, onto, indexPath);
  if (!bytes.ok) return bytes;
  if (!bytes.value) return success(undefined);
  const before = bytes.value.toString('utf8');
  if (!Buffer.from(before).equals(bytes.value)) return failed(notText(indexPath));
  const text = await finalIndexText(before);
  if (!text.ok) return text;
  if (text.value === before) return success(undefined);
  const blob = await writeBlob(git, cwd, text.value);
  if (!blob.ok) return blob;
  const tree = await editTree(depot, onto, [{ path: indexPath, mode, blob: blob.value }]);
  if (!tree.ok) return tree;
  const draft = { tree: tree.value, parents: [onto], message, author: identity, at };
  const commit = await createCommit(git, cwd, draft);
  if (!commit.ok) return commit;
  return placeRef(depot, candidateRef(candidate), commit.value);
}

const notText = (path: string): Failure => ({
  code: 'index/invalid',
  message: `${path} is not UTF-8 text on the run's branch, so the states were not recorded there`,
  where: { file: path },
});
