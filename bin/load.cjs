// Runs dist/bundle/sage.js, compiled in advance where scripts/keep-compiled.mjs did so with this version of node.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

/** The bundle's `main`, and the script that it came from. */
exports.loadBundle = (file) => {
  const script = new Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: compiled(`${file}.compiled`),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file);
  return { script, main: module.exports.main };
};

function compiled(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
