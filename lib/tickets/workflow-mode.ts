import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.js';

const NAME_LIMIT = 60;

/**
 * What upstream's side files in a `.sage` folder mean for a run: a workflow mode that is not TICKET_BASED is an error,
 * none at all is information, and a commit lock of upstream's own (another tool may be committing) a warning.
 */
export async function readWorkflowMode(sageFolder: string): Promise<readonly Diagnostic[]> {
  const found = [await modeDiagnostic(join(sageFolder, 'workflow-mode'))];
  found.push(await lockDiagnostic(join(sageFolder, 'commit.lock')));
  return found.filter((diagnostic) => diagnostic !== undefined);
}

async function modeDiagnostic(file: string): Promise<Diagnostic | undefined> {
  const text = await readOptional(file);
  const mode = text?.replace(/^\ufeff/, '').trim();
  const where = { file };
  if (mode === undefined) {
    return {
      severity: 'information',
      code: 'workflow/no-mode',
      message: `${file} does not exist; taking the tickets as the way of working.`,
      where,
    };
  }
  if (mode === 'TICKET_BASED') return undefined;
  return {
    severity: 'error',
    code: 'workflow/other-mode',
    message: `The workflow mode in ${file} is ${JSON.stringify(mode.slice(0, NAME_LIMIT))}; tickets need TICKET_BASED.`,
    hint: `echo TICKET_BASED > ${file}, if the tickets are the way to work here.`,
    where: { file, line: 1, column: 1 },
    value: mode.slice(0, NAME_LIMIT),
  };
}

async function lockDiagnostic(folder: string): Promise<Diagnostic | undefined> {
  try {
    await stat(folder);
  } catch {
    return undefined;
  }
  const told = async (name: string) =>
    (await readOptional(join(folder, name)))?.trim().slice(0, NAME_LIMIT);
  const owner = (await told('owner')) ?? 'somebody unnamed';
  const since = await told('acquired_at');
  return {
    severity: 'warning',
    code: 'workflow/upstream-lock',
    message: `Another tool's commit lock lies at ${folder}, held by ${owner}${since === undefined ? '' : ` since ${since}`}.`,
    hint: 'sage does not use this lock. End the other tool, or remove the folder if it is a leftover.',
    where: { file: folder },
  };
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
