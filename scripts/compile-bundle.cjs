// Called by keep-compiled.mjs in a sample repository: runs the bundle as bin/sage does, then writes what was compiled.
'use strict';
const { writeFileSync } = require('node:fs');
const { compiledFile, loadBundle, optimiseLater } = require('../bin/load.cjs');

const bundle = process.argv[2];
// What is compiled counts only under the flags that it was compiled under.
optimiseLater();
const { script, main } = loadBundle(bundle);
main(['stream', '--dry-run']).then(() => {
  writeFileSync(compiledFile(bundle), script.createCachedData());
});
