// Bundles the program into dist/bundle: the parts that bin/sage runs, the warden, and the notices of what others wrote.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { LATER, box } from '../bin/load.cjs';
import { licenceTexts } from './licences.mjs';

const COMMON = {
  outdir: 'dist/bundle',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  // What they say is in licences.txt.
  legalComments: 'none',
  metafile: true,
};

/**
 * Packages of one function each that run at its first call. The regular expressions of string-width take long to make,
 * and nearly every text is counted without them (lib/show/width.ts); write-file-atomic loads node's worker threads.
 */
const FIRST_CALL = ['string-width', 'write-file-atomic'];

export async function bundle(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const common = { ...COMMON, absWorkingDir: root };
  rmSync(join(root, 'dist/bundle'), { recursive: true, force: true });
  const built = await Promise.all([
    build({
      ...common,
      entryPoints: { sage: 'lib/cli/main.ts' },
      // A call reads the parts that it needs: a command's own, and those that it shares with others.
      splitting: true,
      write: false,
      define: { 'process.env.SAGE_BUILD_VERSION': JSON.stringify(version) },
      plugins: [{ name: 'lighter', setup: takeLighter }],
    }),
    build({
      ...common,
      entryPoints: {
        'opencode-plugin': 'lib/agents/opencode/opencode-plugin.ts',
        'report-server': 'lib/agents/report-server.ts',
      },
    }),
    build({
      ...common,
      entryPoints: { warden: 'lib/process/warden-main.ts' },
      // Some packages are CommonJS: they call require() for node's own modules.
      banner: {
        js: "import{createRequire as __sageRequire}from'node:module';const require=__sageRequire(import.meta.url);",
      },
    }),
  ]);
  const parts = built[0].outputFiles.map(async ({ path, text }) => {
    const name = basename(path);
    return [name, Buffer.from(await asPart(name, text), 'latin1')];
  });
  writeFileSync(join(root, 'dist/bundle/sage.parts'), box(await Promise.all(parts)));
  const notices = licenceTexts(
    root,
    built.map(({ metafile }) => metafile),
  );
  writeFileSync(join(root, 'dist/bundle/licences.txt'), notices);
}

/** A module as a function that bin/load.cjs calls: what V8 compiles of modules node 20 cannot keep, but of scripts. */
async function asPart(name, text) {
  const whole = new RegExp(`import\\*as [^"]*"(node:)?(${LATER.join('|')})"`).exec(text);
  if (whole) throw new Error(`${name}: ${whole[0]}: import what is used of it, by name`);
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    minifyWhitespace: true,
  });
  if (/[^\0-\x7f]/.test(code))
    throw new Error(`${name} is read as Latin-1: it must be plain ASCII`);
  const url = /\b__url\b/.test(code)
    ? "const __url=require('node:url').pathToFileURL(__filename).href;"
    : '';
  return `(function(exports,require,module,__filename){${url}${code}})`;
}

function takeLighter({ onLoad, onResolve }) {
  onResolve({ filter: /^[^./]/ }, ({ path, namespace }) => {
    // yargs/helpers would bring the rest of yargs along with the parser, and the parser itself modules of node that
    // files of configuration are read with, which we have otherwise.
    if (path === 'yargs/helpers') return { path, namespace: 'parser' };
    if (FIRST_CALL.includes(path) && namespace === 'file') return { path, namespace: 'first-call' };
    return undefined;
  });
  onLoad({ filter: /.*/, namespace: 'parser' }, ({ path }) => ({
    contents: "export{default as Parser}from'yargs-parser/browser';",
    resolveDir: dirname(fileURLToPath(import.meta.resolve(path))),
  }));
  onLoad({ filter: /.*/, namespace: 'first-call' }, ({ path }) => ({
    contents: `let it;export default (...given)=>(it??=require('${path}'),it.default??it)(...given);`,
    resolveDir: dirname(fileURLToPath(import.meta.url)),
  }));
}
