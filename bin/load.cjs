// Runs the parts of the program in dist/bundle/sage.parts, compiled in advance where scripts/keep-compiled.mjs did so
// with this version of V8.
'use strict';
const { openSync, readSync } = require('node:fs');
const { Script } = require('node:vm');

/** Where is kept what V8 compiled of the parts: for its own version only, another one could not use it. */
const compiledFile = (file) => `${file}.v8-${process.versions.v8}`;

/** Modules of node that take long to load and that many calls use nothing of: loaded when something of them is used. */
const LATER = ['child_process', 'crypto', 'zlib'];

/**
 * The parts in `file`, which stays open: a later build does not change what a call that goes on loads. `load` runs a
 * part once and answers what it exports; `compile` answers its script. `optimiseLater` has functions run 15 times as
 * long as usual before V8 optimises them, where the build has tried that with this V8: one that does not know the flag
 * would complain. A flag that changes makes V8 refuse all that was compiled in advance, also of node's own modules.
 */
function openParts(file) {
  const texts = openBox(file);
  const kept = openKept(compiledFile(file));
  const later = new Map(LATER.flatMap(namesOf).map((name) => [name, whenUsed(name)]));
  const loaded = new Map();
  const scripts = new Map();
  const compile = (name) => {
    const known = scripts.get(name);
    if (known !== undefined) return known;
    const script = new Script(texts.read(name).latin1Slice(), {
      filename: `${file}/${name}`,
      cachedData: kept(name),
    });
    scripts.set(name, script);
    return script;
  };
  const requireIt = (name) =>
    name.startsWith('./') ? load(name.slice(2)) : (later.get(name) ?? require(name));
  const load = (name) => {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    compile(name).runInThisContext()(module.exports, requireIt, module, file);
    return module.exports;
  };
  const optimiseLater = () => {
    if (kept('sage.js') === undefined) return;
    for (const name of LATER) require(name);
    require('node:v8').setFlagsFromString('--interrupt-budget=1000000');
  };
  return { load, compile, optimiseLater, names: texts.names };
}

const namesOf = (name) => [name, `node:${name}`];

const whenUsed = (name) => new Proxy({}, { get: (_, key) => require(name)[key] });

/** What was kept of a part; nothing where it cannot be read. */
function openKept(file) {
  const orNothing = (read) => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  const kept = orNothing(() => openBox(file));
  return (name) => orNothing(() => kept?.read(name));
}

/** Digits that say how long the list of a box is. */
const DIGITS = 8;

/**
 * Many small files in one that stays open: the length of a list, the list as JSON (`[[name, bytes], …]`), and what it
 * names, back to back.
 */
function openBox(file) {
  const handle = openSync(file);
  const bytesAt = (start, length) => {
    const bytes = Buffer.allocUnsafeSlow(length);
    const count = readSync(handle, bytes, 0, length, start);
    if (count < length) throw new Error(`${file} is cut short`);
    return bytes;
  };
  const listed = Number(bytesAt(0, DIGITS).latin1Slice());
  const list = JSON.parse(bytesAt(DIGITS, listed).latin1Slice());
  const places = new Map();
  let start = DIGITS + listed;
  for (const [name, length] of list) {
    places.set(name, [start, length]);
    start += length;
  }
  return { names: [...places.keys()], read: (name) => bytesAt(...places.get(name)) };
}

/** The bytes of a box of `[name, bytes]`. */
function box(entries) {
  const list = JSON.stringify(entries.map(([name, bytes]) => [name, bytes.length]));
  const head = `${String(list.length).padStart(DIGITS, '0')}${list}`;
  return Buffer.concat([Buffer.from(head, 'latin1'), ...entries.map(([, bytes]) => bytes)]);
}

module.exports = { LATER, box, compiledFile, openParts };
