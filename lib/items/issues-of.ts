import { readKeySource } from '../config/key-source.js';
import type { Config } from '../model/config.js';
import type { Failure } from '../model/failure.js';
import { listIssues } from './issue-api.js';
import { readIssueFiles } from './issue-files.js';
import type { IssueReading } from './issue.js';
import type { ItemPlace } from './preset.js';

/** Issues where the configuration says that they are: of an API, else of a folder. */
export async function issuesOf({
  repository: { root },
  settings,
  variables,
}: ItemPlace): Promise<IssueReading> {
  const { api, issues, token: from } = settings.config.requirements;
  if (api === undefined) return readIssueFiles(root, issues);
  const token = from && (await readToken(from, variables, root));
  if (token && typeof token !== 'string') return { issues: [], faults: [token] };
  return listIssues({ base: api, ...(token === undefined ? {} : { token }) });
}

type TokenSource = NonNullable<Config['requirements']['token']>;

/** The token, or why there is none; words name places, never values. */
async function readToken(
  { environment, command }: TokenSource,
  variables: ItemPlace['variables'],
  root: string,
): Promise<string | Failure> {
  const from = environment === undefined ? { command } : { environment: [environment] };
  const { keys, faults } = await readKeySource(from, { variables, root });
  const [first] = keys;
  const why =
    faults[0] ??
    (first === undefined || first.value === ''
      ? 'there is nothing in it'
      : /^[\x21-\x7e]+$/.test(first.value)
        ? undefined
        : 'what it holds is no token');
  if (why === undefined && first) return first.value;
  return {
    code: 'items/not-listed',
    message: `the token for the issues API could not be read: ${why ?? ''}`,
    hint: 'mend `requirements.token` in .sage/config.yaml, or what it names',
  };
}
