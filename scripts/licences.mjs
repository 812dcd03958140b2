// The notices of what others wrote and the bundle holds: their licences ask that they go with every copy.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const NOTICE = /^(?:licen[cs]e|notice|copying)(?:[.-].*)?$/i;

/** Name, version, licence and notices of each package that esbuild's metafiles name, by name. */
export function licenceTexts(root, metafiles) {
  const inputs = metafiles.flatMap(({ inputs: files }) => Object.keys(files));
  const folders = new Set(inputs.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  const texts = [...folders].map((folder) => noticesOf(resolve(root, folder)));
  return `${texts.sort().join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function noticesOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const notices = readdirSync(folder).filter((file) => NOTICE.test(file));
  const texts = notices.map((file) => `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`);
  return `${name} ${version} (${license})\n${texts.join('')}`;
}
