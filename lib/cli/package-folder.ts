import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this program, where `bin`, `commands` and `demo` lie; the same for the bundle and for single modules. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'demo/tickets.json')) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  return folder;
}
