import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sageDirectory } from '../../journal/run-directory.js';
import type { Context } from '../context.js';

/** Where a detached call writes before its run has a folder: a path of its own, to be ended with `.log` or the like. */
export async function draftOf({ clock }: Context, commonDir: string): Promise<string> {
  const folder = join(sageDirectory(commonDir), 'output');
  await mkdir(folder, { recursive: true });
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  return join(folder, `${stamp}-${process.pid}`);
}

/** `output.log` in a run's folder, or `output-2.log` where an earlier part of the run has that name. */
export function placeFor(folder: string, name = 'output'): string {
  let place = join(folder, `${name}.log`);
  for (let part = 2; existsSync(place); part += 1) place = join(folder, `${name}-${part}.log`);
  return place;
}
