import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, success, type Result } from '../../model/failure.js';
import { findProgram } from '../../process/find-program.js';
import type { Context } from '../context.js';
import { packageFolder } from '../package-folder.js';

/** What every one of the shells, and a line of Markdown, takes as it is, in single quotes at the most. */
const SAYABLE = /^[\p{L}\p{N} _./+@%=:,~-]+$/u;

/**
 * How the texts call this very program: `sage` or `sage-stream` where the PATH leads from that to it, else its absolute
 * path, in quotes where a shell needs them.
 */
export async function ownProgram({ environment, cwd }: Context): Promise<Result<string>> {
  const own = await realpath(join(packageFolder(), 'bin/sage'));
  for (const name of ['sage', 'sage-stream']) {
    const found = await findProgram(name, environment.path, cwd);
    if (found !== undefined && (await realpath(found)) === own) return success(name);
  }
  if (SAYABLE.test(own)) return success(/^[\w./-]+$/.test(own) ? own : `'${own}'`);
  return failed({
    code: 'install/not-possible',
    message: `the path of this program cannot be said in a command's text: ${JSON.stringify(own)}`,
    hint: 'put `sage` on the PATH (`npm link` in its folder), then install again',
  });
}
