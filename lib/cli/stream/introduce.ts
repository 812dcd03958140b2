import { readFile } from 'node:fs/promises';
import { knownFailures } from '../../engine/known-failures.js';
import type { RunState } from '../../engine/state.js';
import { runDirectory } from '../../journal/run-directory.js';
import { readPlan } from '../../run/run-files.js';
import { clean } from '../../show/clean.js';
import { planBrief, type PlanView } from '../../show/plan-text.js';

/**
 * What whoever is asked should know before the first question of a new run: the words of its process up to the line that
 * names it (what agents may do, notices), the plan in short, failures that the base is known for. One that goes on was
 * introduced when it was new: nothing.
 */
export async function introduce(
  commonDir: string,
  state: RunState,
  output: string,
  view: PlanView,
): Promise<string[] | undefined> {
  const lines = (await readFile(output, 'utf8')).split('\n');
  const at = lines.findIndex((line) => line.startsWith(`run ${state.run}: `));
  if (at < 0) return undefined;
  const plan = planBrief(await readPlan(runDirectory(commonDir, state.run)), view);
  return [...lines.slice(0, at + 1), ...plan, ...knownFailures(state.baseline)].map(clean);
}
