// Compiles the sources and bundles the program. `npm ci` runs this (package.json: prepare).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
pruneOutputs();
const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
  cwd: root,
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
rmSync(join(root, 'dist/bundle'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { sage: 'lib/cli/main.ts', warden: 'lib/process/warden-main.ts' },
  outdir: 'dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: { 'process.env.SAGE_BUILD_VERSION': JSON.stringify(version) },
  // Some packages in the bundle are CommonJS: they call require() for node's own modules and look at __filename.
  banner: {
    js: "import{createRequire as __sageRequire}from'node:module';import{fileURLToPath as __sagePath}from'node:url';const require=__sageRequire(import.meta.url),__filename=__sagePath(import.meta.url);",
  },
});

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
