import { agentCliNames, isAgentCli, type AgentCliName } from '../model/agent-cli.js';
import type { AgentDefinition } from '../model/config.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { nearest } from '../model/nearest.js';
import type { AgentAdapter } from './adapter.js';
import { agentClis } from './clis.js';
import { commandAdapter } from './command/adapter.js';
import { findProgram } from '../process/find-program.js';

/** What the choice of an agent depends on, as values. */
export interface AgentWishes {
  /** `--agent`: above everything. */
  readonly flag?: string;
  /** `agent:` of the configuration or SAGE_AGENT. */
  readonly configured?: string;
  /** `agents:` of the configuration. */
  readonly definitions: Readonly<Record<string, AgentDefinition>>;
  /** We run inside a Claude Code session. */
  readonly isClaudeCode: boolean;
  readonly path: string;
  /** Top of the checkout. */
  readonly root: string;
}

/** An adapter with what the configuration says about its agent. */
export interface ChosenAgent {
  readonly name: string;
  readonly adapter: AgentAdapter;
  /** Further variables that it may see. */
  readonly environment: readonly string[];
  /** The model that the configuration hands to it. */
  readonly model?: string;
}

/**
 * The name of a ticket's agent: the flag's, the ticket's own, the configuration's, the one whose shell we run in, the
 * first CLI on the PATH; else a failure that lists the ways out.
 */
export async function chooseAgentName(
  wishes: AgentWishes,
  ticketsOwn?: string,
): Promise<Result<string>> {
  const named = wishes.flag ?? ticketsOwn ?? wishes.configured;
  if (named !== undefined) return success(named);
  const likely: readonly AgentCliName[] = wishes.isClaudeCode
    ? ['claude', ...agentCliNames]
    : agentCliNames;
  for (const name of likely) {
    if (await findProgram(agentClis[name].program, wishes.path, wishes.root)) return success(name);
  }
  const own = Object.keys(wishes.definitions);
  return failed({
    code: 'agent/not-found',
    message: `no agent is configured, and none of ${agentCliNames.join(', ')} is on the PATH`,
    hint:
      own.length > 0
        ? `Name one of yours with \`--agent ${own[0] ?? ''}\` or \`agent: ${own[0] ?? ''}\` in .sage/config.yaml.`
        : `Install Claude Code (\`${agentClis.claude.install}\`), or define a command of your own under \`agents:\` in .sage/config.yaml and name it with \`agent:\` or \`--agent\`.`,
  });
}

/** A chosen agent as it stands on this machine. */
interface FoundAgent extends ChosenAgent {
  /** Where its program lies. */
  readonly file: string;
  /** None for a command of one's own. */
  readonly cli?: AgentCliName;
}

/** The adapter behind a name, and where its program lies; fails when nothing has that name or its program cannot be found. */
export async function resolveAgent(
  name: string,
  wishes: Pick<AgentWishes, 'definitions' | 'path' | 'root'>,
): Promise<Result<FoundAgent>> {
  const definition = Object.hasOwn(wishes.definitions, name) ? wishes.definitions[name] : undefined;
  const kind = definition?.kind ?? name;
  const known = isAgentCli(kind) ? kind : undefined;
  const cli = known && agentClis[known];
  if (!definition && !cli) return failed(unknownAgent(name, Object.keys(wishes.definitions)));
  const [program = cli?.program ?? '', ...rest] = definition?.command ?? [];
  const file = await findProgram(program, wishes.path, wishes.root);
  if (file === undefined) return failed(missingProgram(name, program, definition !== undefined));
  const adapter = cli
    ? cli.adapter({
        name,
        file,
        ...(definition?.model === undefined ? {} : { model: definition.model }),
      })
    : commandAdapter({
        name,
        command: [file, ...rest],
        prompt: definition?.prompt ?? 'stdin',
        ...(definition?.model === undefined ? {} : { model: definition.model }),
        root: wishes.root,
      });
  return success({
    name,
    file,
    adapter,
    environment: definition?.environment ?? [],
    ...(definition?.model === undefined ? {} : { model: definition.model }),
    ...(known === undefined ? {} : { cli: known }),
  });
}

function unknownAgent(name: string, own: readonly string[]): Failure {
  const known = [...new Set([...agentCliNames, ...own])];
  const near = nearest(name, known);
  return {
    code: 'agent/not-found',
    message: `there is no agent named ${JSON.stringify(name.slice(0, 80))}; known: ${known.join(', ')}`,
    hint:
      near === undefined
        ? 'Define it under `agents:` in .sage/config.yaml.'
        : `Did you mean ${near}? Or define it under \`agents:\` in .sage/config.yaml.`,
  };
}

const missingProgram = (name: string, program: string, isDefined: boolean): Failure => ({
  code: 'agent/not-found',
  message: `the agent ${name} needs ${program}, which is ${
    program.includes('/') ? 'not there or not executable' : 'not on the PATH'
  }`,
  hint: isDefined
    ? `Install it, or mend \`agents.${name}\` in .sage/config.yaml.`
    : 'Install it, or name another one with `--agent` or `agent:` in .sage/config.yaml.',
});
