import { openQuestion } from '../engine/open-question.js';
import type { RunState } from '../engine/state.js';
import { depotPath, type Repository } from '../git/places.js';
import { diffCommand, diffStat } from '../git/show-diff.js';
import { runDirectory } from '../journal/run-directory.js';
import { shellQuoted } from '../land/shell-quoted.js';
import { oid } from '../model/ids.js';
import type { Asked } from '../model/question-schema.js';
import { readRunFiles } from './run-files.js';

const DESCRIPTION_LIMIT = 2_000;

/** The open question of a run with all that is needed to answer it; nothing when none is open. Only looks. */
export async function questionFacts(
  { git, commonDir }: Repository,
  state: RunState,
  columns: number,
): Promise<Asked | undefined> {
  const open = openQuestion(state);
  if (open === undefined) return undefined;
  const files = await readRunFiles(runDirectory(commonDir, state.run));
  const ticket = files.tickets.find(({ id }) => id === open.ticket);
  const asked = { ...open, description: cut(ticket?.description.trim() ?? '') };
  const { commit, onto } = open;
  if (commit === undefined || onto === undefined) return asked;
  const path = depotPath(commonDir);
  const stat = await diffStat(git, path, { commit: oid(commit), onto: oid(onto) }, columns);
  return {
    ...asked,
    changes: stat.ok ? stat.value : stat.failure.message,
    diff: diffCommand(path, onto.slice(0, 12), commit.slice(0, 12)).map(shellQuoted).join(' '),
  };
}

const cut = (text: string) =>
  text.length <= DESCRIPTION_LIMIT ? text : `${text.slice(0, DESCRIPTION_LIMIT)}…`;
