// Runs dist/bundle/sage.js, compiled in advance where scripts/keep-compiled.mjs did so with this version of V8.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

/** Where V8 keeps what it compiled of a bundle: for its own version only, another one could not use it. */
const compiledFile = (bundle) => `${bundle}.v8-${process.versions.v8}`;

/** The bundle's `main`, and the script that it came from. */
exports.loadBundle = (bundle) => {
  const cachedData = compiled(bundle);
  const script = new Script(readFileSync(bundle, 'latin1'), { filename: bundle, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle);
  return { script, main: module.exports.main };
};

function compiled(bundle) {
  try {
    const cachedData = readFileSync(compiledFile(bundle));
    optimiseLater();
    return cachedData;
  } catch {
    return undefined;
  }
}

/**
 * Most calls are over before code that V8 has optimised could pay for the optimising, which takes longer than the rest
 * of the call: functions have to run 15 times as long as usual before it begins. Only a V8 that was tried with this
 * when the bundle was built gets here; one that does not know the flag would complain.
 */
function optimiseLater() {
  setFlagsFromString('--interrupt-budget=1000000');
}

exports.compiledFile = compiledFile;
exports.optimiseLater = optimiseLater;
