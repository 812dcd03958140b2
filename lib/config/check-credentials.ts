import { agentCliNames } from '../model/agent-cli.js';
import type { Config } from '../model/config.js';
import { nearest } from '../model/nearest.js';
import type { Fault } from './describe-issue.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the schema cannot say of pools: their agents exist, their variables can, and each has one source. */
export function credentialFaults({ agents, credentials }: Config): readonly Fault[] {
  const names = [...Object.keys(agents), ...agentCliNames];
  return Object.entries(credentials).flatMap(([agent, { variable, from }]) => {
    const path = ['credentials', agent];
    const faults: Fault[] = [];
    if (!names.includes(agent)) {
      const near = nearest(agent, names);
      faults.push({
        code: 'config/unknown-agent',
        message: `\`credentials\` names \`${agent}\`, which is no adapter and not under \`agents\`.`,
        hint: near ? `Did you mean \`${near}\`?` : `Known: ${names.join(', ')}.`,
        path,
        isAboutKey: true,
      });
    }
    if (Object.keys(from).length !== 1) {
      faults.push({
        code: 'config/invalid-value',
        message: `\`credentials.${agent}.from\` must say exactly one source.`,
        hint: 'Say one of `environment`, `file` and `command`.',
        path: [...path, 'from'],
      });
    }
    const variables = [
      { name: variable, path: [...path, 'variable'] },
      ...(from.environment ?? []).map((name, index) => ({
        name,
        path: [...path, 'from', 'environment', index],
      })),
    ];
    for (const { path: place } of variables.filter(({ name }) => !VARIABLE.test(name))) {
      faults.push({
        code: 'config/invalid-variable-name',
        // Perhaps somebody wrote the key itself: it is not repeated.
        message: `\`${place.join('.')}\` is no name of a variable.`,
        hint: 'Name variables, such as `ANTHROPIC_API_KEY`; keys do not belong into the configuration.',
        path: place,
      });
    }
    return faults;
  });
}
