// Called by keep-compiled.mjs in a sample repository: runs the bundle as bin/sage does, then writes what was compiled.
'use strict';
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { loadBundle } = require('../bin/load.cjs');

const bundle = join(process.argv[2], 'sage.js');
const { script, main } = loadBundle(bundle);
main(['stream', '--dry-run']).then(() => {
  writeFileSync(`${bundle}.compiled`, script.createCachedData());
});
