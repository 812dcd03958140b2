// Called by keep-compiled.mjs in a sample repository: makes calls as bin/sage does, then writes what was compiled of
// each part; of those that no call needed at least what their functions are called and where they lie.
'use strict';
const { writeFileSync } = require('node:fs');
const { box, compiledFile, openParts } = require('../bin/load.cjs');

const [file, ...calls] = process.argv.slice(2);
const { load, compile, names } = openParts(file);

(async () => {
  const { main } = load('sage.js');
  for (const call of calls) await main(call.split(' '), { optimiseLater: () => undefined });
  writeFileSync(
    compiledFile(file),
    box(names.map((name) => [name, compile(name).createCachedData()])),
  );
  process.exitCode = 0;
})();
