import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.js';

/** Where the configuration lives, relative to the top of the checkout. */
export const CONFIG_FILE = '.sage/config.yaml';

/** Names that look as if they were read and are not. */
const NEAR_MISSES = ['.sage/config.yml', '.sage.yaml', 'sage.yaml'];

export interface FoundConfig {
  /** Absent: there is no file, or it cannot be read (see the diagnostics). */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds and reads the configuration's text below `root`. A missing file is no fault; an unreadable one is. */
export async function findConfig(root: string): Promise<FoundConfig> {
  try {
    return { text: await readFile(join(root, CONFIG_FILE), 'utf8'), diagnostics: [] };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return { diagnostics: await nearMisses(root) };
    const unreadable: Diagnostic = {
      severity: 'critical',
      code: 'config/unreadable',
      message: code === 'EISDIR' ? 'It is a folder, not a file.' : `It cannot be read (${code}).`,
      hint: 'Make it a readable file, or remove it.',
      where: { file: CONFIG_FILE },
    };
    return { diagnostics: [unreadable] };
  }
}

async function nearMisses(root: string): Promise<readonly Diagnostic[]> {
  const found = await Promise.all(
    NEAR_MISSES.map(async (name) => {
      const isThere = await stat(join(root, name)).then(
        (entry) => entry.isFile(),
        () => false,
      );
      return isThere ? [name] : [];
    }),
  );
  return found.flat().map((name) => ({
    severity: 'warning' as const,
    code: 'config/not-read',
    message: `${name} is not read.`,
    hint: `Rename it to ${CONFIG_FILE}.`,
    where: { file: name },
  }));
}
