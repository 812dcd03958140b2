import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.js';
import { isAlive } from '../process/identity.js';
import { readOwner } from './read-owner.js';
import { sageDirectory } from './run-directory.js';

/** Whether a run could take ownership and write its journal here, and who has it now. Changes nothing. */
export async function probeJournal(commonDir: string): Promise<readonly Diagnostic[]> {
  const sage = sageDirectory(commonDir);
  const found = await Promise.all([writable(sage), writable(join(sage, 'runs')), owner(sage)]);
  const diagnostics = found.filter((diagnostic) => diagnostic !== undefined);
  // What stands in the way of the outer folder stands in the way of the inner one, too.
  return diagnostics.filter(
    ({ message }, index) => diagnostics.findIndex((other) => other.message === message) === index,
  );
}

/** Whether `folder` can be written, or made where it does not exist yet. */
async function writable(folder: string): Promise<Diagnostic | undefined> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      if (!(await stat(path)).isDirectory()) return notWritable(path, 'it is not a folder');
      await access(path, constants.W_OK | constants.X_OK);
      return undefined;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
      if (!isMissing || path === dirname(path)) return notWritable(path, code);
    }
  }
}

const notWritable = (folder: string, why: string): Diagnostic => ({
  severity: 'error',
  code: 'journal/not-writable',
  message: `The folder for locks and journals cannot be written: ${why}.`,
  hint: 'Make it a folder that you may write; every run needs it.',
  where: { file: folder },
});

async function owner(sage: string): Promise<Diagnostic | undefined> {
  const holder = await readOwner(sage);
  if (holder === undefined) return undefined;
  const life = isAlive(holder);
  const where = { file: join(sage, 'owner.json') };
  if (life === 'dead') {
    return {
      severity: 'warning',
      code: 'run/stale-owner',
      message: `Run ${holder.run} of process ${holder.pid}, begun ${holder.since}, ended without saying so.`,
      hint: '`sage stream --auto` takes its place and goes on where it stopped; nothing is to be removed by hand.',
      where,
    };
  }
  const elsewhere = life === 'unknown' ? ` on ${holder.host}` : '';
  return {
    severity: 'warning',
    code: 'run/owned',
    message: `Run ${holder.run} is going on here: process ${holder.pid}${elsewhere}, since ${holder.since}.`,
    hint: 'A second run is refused until it has ended.',
    where,
  };
}
