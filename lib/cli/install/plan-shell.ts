import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../model/failure.js';
import type { AgentShell } from '../../model/installation-schema.js';
import type { Context } from '../context.js';
import { packageFolder } from '../package-folder.js';
import { planClaude, type ClaudeCall } from './claude-plugin.js';
import type { InstallPlace } from './wish.js';
import { adaptCommand } from './command-text.js';
import { ownProgram } from './own-program.js';
import { planFile, planRemoval, type FileStep, type WantedFile } from './plan-files.js';
import { commandNames, fileShells, type FileShellName } from './shells.js';

/** What is to be done for one shell, and what is in the way of it. */
export interface ShellPlan {
  readonly shell: AgentShell;
  readonly title: string;
  /** What its user types, once all is there. */
  readonly typed: readonly string[];
  readonly steps: readonly FileStep[];
  readonly calls: readonly ClaudeCall[];
  /** How the texts call this program. */
  readonly program?: string;
  readonly failures: readonly Failure[];
}

export async function planShell(
  context: Context,
  shell: AgentShell,
  place: InstallPlace,
  verb: 'install' | 'remove',
): Promise<ShellPlan> {
  if (shell !== 'claude') return planFileShell(context, shell, place, verb);
  const calls = await planClaude(context, place, verb);
  return {
    shell,
    title: 'Claude Code',
    typed: ['/stream', '/validate', '/sage:status', '/sage:stop'],
    steps: [],
    calls: calls.ok ? calls.value : [],
    failures: calls.ok ? [] : [calls.failure],
  };
}

async function planFileShell(
  context: Context,
  shell: FileShellName,
  { scope, folder }: InstallPlace,
  verb: 'install' | 'remove',
): Promise<ShellPlan> {
  const { title, typed, userFolder, projectFolder } = fileShells[shell];
  const program = await ownProgram(context);
  const top = scope === 'user' ? userFolder(context.environment) : join(folder, projectFolder);
  // What goes is known by its mark: there the name does not matter.
  const wanted = await wantedFiles(shell, top, program.ok ? program.value : 'sage');
  const planned = await Promise.all(wanted.map(verb === 'install' ? planFile : planRemoval));
  return {
    shell,
    title,
    typed: commandNames.map(typed),
    steps: planned.flatMap((one) => (one && 'step' in one ? [one.step] : [])),
    calls: [],
    ...(program.ok ? { program: program.value } : {}),
    failures: [
      ...(program.ok || verb === 'remove' ? [] : [program.failure]),
      ...planned.flatMap((one) => (one && 'failure' in one ? [one.failure] : [])),
    ],
  };
}

/** Every file of a shell, below the folder of its commands. */
async function wantedFiles(
  shell: FileShellName,
  top: string,
  program: string,
): Promise<readonly WantedFile[]> {
  const files = await Promise.all(
    commandNames.map(async (name) => {
      const path = join(packageFolder(), 'commands', name, 'SKILL.md');
      const source = await readFile(path, 'utf8');
      const command = adaptCommand(source, name, fileShells[shell], program);
      return fileShells[shell].files(name, command);
    }),
  );
  return files.flat().map(({ path, text }) => ({ path: join(top, path), text }));
}
