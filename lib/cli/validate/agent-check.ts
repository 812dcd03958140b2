import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.js';
import { notRun, ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** `agent`: can the agent CLI be found, and does it answer? A command of one's own is found, never started. */
export async function examineAgent({
  context,
  config,
  reading,
  root,
}: World): Promise<CheckOutcome> {
  if (reading.settings === undefined) return notRun('the configuration has faults');
  const name = config.agent ?? 'claude';
  const definition = config.agents[name];
  const program = definition?.command?.[0] ?? 'claude';
  const path = await findProgram(program, context.environment.path, root);
  if (path === undefined) return ran('', [notFound(name, program, config.agent === undefined)]);
  if (definition?.kind === 'command') return ran(`${name}: ${path}`);
  const version = await versionOf(path, context.environment.variables);
  if (version !== undefined) return ran(`${name}: ${path} (${version})`);
  return ran('', [
    {
      severity: 'error',
      code: 'agent/not-answering',
      message: `${path} is there, but \`${program} --version\` fails.`,
      hint: 'Call it yourself and read what it says.',
    },
  ]);
}

function notFound(name: string, program: string, isDefault: boolean): Diagnostic {
  return {
    severity: 'error',
    code: 'agent/not-found',
    message: isDefault
      ? `No agent is configured, and ${program} is not on the PATH.`
      : `The agent ${name} needs ${program}, which is not on the PATH.`,
    hint: 'Install it, or name another one with `--agent` or `agent:` in .sage/config.yaml.',
  };
}

/** As a shell finds it; a name with a slash is a path from the top of the repository. */
async function findProgram(
  program: string,
  path: string,
  root: string,
): Promise<string | undefined> {
  const places = program.includes('/')
    ? [resolve(root, program)]
    : path.split(delimiter).map((folder) => join(folder || '.', program));
  for (const place of places) {
    const isFile = await stat(place).then(
      (entry) => entry.isFile(),
      () => false,
    );
    const isExecutable = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isFile && isExecutable) return place;
  }
  return undefined;
}

function versionOf(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  return new Promise((settle) => {
    execFile(
      file,
      ['--version'],
      { env, timeout: 10_000, killSignal: 'SIGKILL' },
      (error, stdout) => {
        settle(error === null ? (stdout.split('\n')[0] ?? '').trim() : undefined);
      },
    );
  });
}
