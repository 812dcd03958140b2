import { join } from 'node:path';
import { steadyVariables } from '../checks/steady-variables.js';
import { hasVerdict, readVerdict } from '../checks/verdict-cache.js';
import { verdictKeys } from '../checks/verdict-key.js';
import type { Repository } from '../git/places.js';
import { sageDirectory } from '../journal/run-directory.js';
import { copiedState } from '../lanes/copy-files.js';
import type { Config } from '../model/config.js';
import type { Oid } from '../model/ids.js';
import type { Verdict } from '../model/work.js';

/** What the checks' verdicts rest on beside the tree and the commands, as it is now. Holds values: hash it, never show it. */
export async function verdictBasis(
  { setup }: Config,
  checkout: string,
  variables: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { copy, run } = setup;
  return [
    JSON.stringify([copy, run, steadyVariables(variables)]),
    ...(await copiedState(copy, checkout)),
  ];
}

/** What is known of the base from earlier runs: it passes, or its failures have names. Looks only. */
export async function knownBaseVerdict(
  { commonDir, root }: Repository,
  config: Config,
  tree: Oid,
  variables: Readonly<Record<string, string>>,
): Promise<Verdict | undefined> {
  if (!Array.isArray(config.verify)) return undefined;
  const verdicts = join(sageDirectory(commonDir), 'verdicts');
  if (!(await hasVerdict(verdicts, tree))) return undefined;
  const basis = await verdictBasis(config, root, variables);
  const { clean, withKnown } = verdictKeys(config.verify, basis, 'base');
  return (
    (await readVerdict(verdicts, tree, clean)) ?? (await readVerdict(verdicts, tree, withKnown))
  );
}
