// Bundles the program into dist/bundle: what bin/sage runs, the packages that it loads when it needs them, the warden.
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Packages in files of their own: most calls need none of them, and reading them would take longer than the call. */
const APART = ['execa', 'proper-lockfile', 'string-width', 'write-file-atomic', 'yaml', 'zod'];

const COMMON = {
  outdir: 'dist/bundle',
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
};

export async function bundle(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const common = { ...COMMON, absWorkingDir: root };
  rmSync(join(root, 'dist/bundle'), { recursive: true, force: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: { sage: 'lib/cli/main.ts' },
      // One script, and no modules of node's: it can be kept compiled (keep-compiled.mjs), and node need not look for
      // its parts. `import()` then runs a part at its first use.
      format: 'cjs',
      supported: { 'dynamic-import': false },
      define: {
        'process.env.SAGE_BUILD_VERSION': JSON.stringify(version),
        'import.meta.url': '__sageUrl',
      },
      banner: {
        js: "(function(exports,require,module,__filename){const __sageUrl=require('node:url').pathToFileURL(__filename).href;",
      },
      footer: { js: '})' },
      plugins: [{ name: 'apart', setup: leaveApart }],
    }),
    build({ ...common, entryPoints: APART, format: 'cjs', outExtension: { '.js': '.cjs' } }),
    build({
      ...common,
      entryPoints: { warden: 'lib/process/warden-main.ts' },
      format: 'esm',
      // Some packages are CommonJS: they call require() for node's own modules.
      banner: {
        js: "import{createRequire as __sageRequire}from'node:module';const require=__sageRequire(import.meta.url);",
      },
    }),
  ]);
  if (/[^\0-\x7f]/.test(readFileSync(join(root, 'dist/bundle/sage.js'), 'latin1'))) {
    throw new Error('bin/sage reads the bundle as Latin-1, so it must be plain ASCII');
  }
}

function leaveApart({ onLoad, onResolve }) {
  onResolve({ filter: /^[^./]/ }, ({ path, namespace }) => {
    // yargs/helpers would bring the rest of yargs along with the parser.
    if (path === 'yargs/helpers') return { path, namespace: 'parser' };
    // Its regular expressions take long to make, and nearly every text is counted without them (lib/show/width.ts).
    if (path === 'string-width' && namespace === 'file') return { path, namespace: 'first-call' };
    return APART.includes(path) ? { path: `./${path}.cjs`, external: true } : undefined;
  });
  onLoad({ filter: /.*/, namespace: 'parser' }, ({ path }) => ({
    contents: "export{default as Parser}from'yargs-parser';",
    resolveDir: dirname(fileURLToPath(import.meta.resolve(path))),
  }));
  onLoad({ filter: /.*/, namespace: 'first-call' }, ({ path }) => ({
    contents: `let it;export default (...given)=>(it??=require('${path}')).default(...given);`,
  }));
}
