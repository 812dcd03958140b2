// Compiles the sources and bundles the program. `npm ci` runs this (package.json: prepare).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { keepCompiled } from './keep-compiled.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
pruneOutputs();
const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
  cwd: root,
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

await bundle(root);
keepCompiled(root);

/** Takes away what earlier builds made of sources that are gone: the compiler leaves it, and tests would run it. */
function pruneOutputs() {
  for (const folder of ['lib', 'test', 'bench']) {
    const out = join(root, 'dist', folder);
    if (!existsSync(out)) continue;
    for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const source = join(root, file.slice(join(root, 'dist/').length)).replace(
        /(\.d\.ts|\.js\.map|\.js)$/,
        '.ts',
      );
      if (!existsSync(source)) rmSync(file);
    }
  }
}
