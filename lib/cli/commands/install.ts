import { agentShells, type AgentShell } from '../../model/installation-schema.js';
import type { Arguments, CliCommand } from '../command.js';
import { repositoryHere } from '../here.js';

/** `sage install`: the commands of the plugin in the agent shells. */
export const command: CliCommand = {
  name: 'install',
  describe: 'Put /stream and its like into Claude Code, Codex, Gemini CLI or OpenCode',
  usage: [
    `sage install --for ${agentShells.join('|')} [--project] [--dry-run]`,
    'sage install --for SHELL --remove',
  ],
  options: {
    for: {
      type: 'values',
      placeholder: 'SHELL',
      choices: agentShells,
      describe: 'The agent shell that gets them (repeatable)',
      needs: `Say which: \`--for codex\` (${agentShells.join(', ')}).`,
    },
    project: { type: 'flag', describe: 'For this project alone, in its own folder' },
    remove: { type: 'flag', describe: 'Take back what was installed' },
    'dry-run': { type: 'flag', describe: 'Show every file whole; change nothing' },
    yes: { type: 'flag', alias: 'y', describe: 'Ask nothing: do what is shown' },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/installation.json)' },
  },
  epilogue:
    'All is shown before it is done. A file that it did not write, or that was changed since, stays as it is.',
  check: faults,
  run: async (context, given) => {
    const { flags } = given;
    const isProject = flags.has('project');
    const folder = isProject ? (await repositoryHere(context)).root : context.cwd;
    const { install } = await import('../install/install.js');
    return install(context, {
      shells: shellsOf(given),
      place: { scope: isProject ? 'project' : 'user', folder },
      verb: flags.has('remove') ? 'remove' : 'install',
      isDryRun: flags.has('dry-run'),
      asJson: flags.has('json'),
      isSure: flags.has('yes'),
    });
  },
};

/** In the order of the table, each once. */
const shellsOf = ({ values }: Arguments): readonly AgentShell[] =>
  agentShells.filter((shell) => values['for']?.includes(shell));

function faults({ values }: Arguments) {
  const known: readonly string[] = agentShells;
  const usage = (message: string) => ({
    code: 'usage/invalid' as const,
    message,
    hint: `Say which shell: ${agentShells.map((shell) => `--for ${shell}`).join(', ')}.`,
  });
  const named = values['for'] ?? [];
  if (named.length === 0) return [usage('--for is missing.')];
  return named
    .filter((name) => name !== '' && !known.includes(name))
    .map((name) => usage(`--for cannot be "${name.slice(0, 60)}".`));
}
