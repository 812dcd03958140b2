import { agentCliNames } from '../model/agent-cli.js';
import type { Config } from '../model/config.js';
import { nearest } from '../model/nearest.js';
import { credentialFaults } from './check-credentials.js';
import type { Fault } from './describe-issue.js';

/** What a schema cannot say: names that refer to each other, paths that must stay inside. */
export function crossCheck(config: Config): readonly Fault[] {
  return [
    ...agentFaults(config),
    ...agentsFaults(config),
    ...credentialFaults(config),
    ...copyFaults(config),
    ...itemFaults(config),
    ...priceFaults(config),
  ];
}

function agentFaults({ agent, agents }: Config): readonly Fault[] {
  const names = [...new Set([...Object.keys(agents), ...agentCliNames])];
  if (agent === undefined || names.includes(agent)) return [];
  const near = nearest(agent, names);
  return [
    {
      code: 'config/unknown-agent',
      message: `\`agent\` names \`${agent}\`, which is no adapter and not under \`agents\`.`,
      hint: near
        ? `Did you mean \`${near}\`?`
        : `Known: ${names.join(', ')}. Define it under \`agents\`.`,
      path: ['agent'],
    },
  ];
}

function agentsFaults({ agents }: Config): readonly Fault[] {
  return Object.entries(agents).flatMap(([name, definition]) => {
    const faults: Fault[] = [];
    if (definition.kind === 'command' && definition.command === undefined) {
      faults.push({
        code: 'config/agent-without-command',
        message: `\`agents.${name}\` is of kind command and says no command.`,
        hint: `Add \`command: [program, argument]\`.`,
        path: ['agents', name],
      });
    }
    definition.environment.forEach((variable, index) => {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return;
      faults.push({
        code: 'config/invalid-variable-name',
        message: `\`agents.${name}.environment\` has \`${variable}\`, which is no name of a variable.`,
        hint: 'List names only, such as `OPENAI_API_KEY`; the values are taken from your environment.',
        path: ['agents', name, 'environment', index],
      });
    });
    return faults;
  });
}

function priceFaults({ prices }: Config): readonly Fault[] {
  if (prices.dated !== undefined || Object.keys(prices.models).length === 0) return [];
  return [
    {
      code: 'config/prices-without-date',
      message: '`prices` does not say of which day it is.',
      hint: 'Add `dated: 2026-11-01`, the day on which you looked them up: it is shown with what they make.',
      path: ['prices'],
    },
  ];
}

function copyFaults({ setup }: Config): readonly Fault[] {
  return setup.copy.flatMap((path, index) =>
    isInside(path) ? [] : [outside('setup.copy', path, ['setup', 'copy', index])],
  );
}

const isInside = (path: string) =>
  path !== '' && !path.startsWith('/') && !path.split('/').includes('..');

const outside = (key: string, path: string, at: Fault['path']): Fault => ({
  code: 'config/path-outside',
  message: `\`${key}\` has \`${path}\`, which is not a path inside the repository.`,
  hint: 'Write it relative to the top of the repository, without `..`.',
  path: at,
});

function itemFaults({ requirements, implement }: Config): readonly Fault[] {
  const paths = {
    'requirements.issues': requirements.issues,
    'requirements.output': requirements.output,
    'implement.llds': implement.llds,
  };
  const { output, token } = requirements;
  const faults = Object.entries(paths).flatMap(([key, path]) =>
    isInside(path) ? [] : [outside(key, path, key.split('.'))],
  );
  if (!output.includes('{issue}')) {
    faults.push({
      code: 'config/output-of-all',
      message: '`requirements.output` is the same file for every issue.',
      hint: 'Put `{issue}` where its number shall stand: `docs/lld/LLD-{issue}.md`.',
      path: ['requirements', 'output'],
    });
  }
  if (token && (token.environment === undefined) === (token.command === undefined)) {
    faults.push({
      code: 'config/token-source',
      message: '`requirements.token` must say one place where the token comes from.',
      hint: 'Say `environment: GITHUB_TOKEN`, or `command: [gh, auth, token]`.',
      path: ['requirements', 'token'],
    });
  }
  return faults;
}
