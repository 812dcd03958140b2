import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { failureTable } from '../../lib/model/failure-table.js';
import { findingTable } from '../../lib/model/finding-table.js';
import { home } from '../cli/sage.js';

const known = [...Object.keys(failureTable), ...Object.keys(findingTable)];

/** Every `code: 'area/name'` of the sources, and codes that stand alone in tables of checks. */
async function codesInSources(): Promise<readonly string[]> {
  const lib = join(home, 'lib');
  const names = (await readdir(lib, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(names.map((name) => readFile(join(lib, name), 'utf8')));
  const said = texts.flatMap((text) => [
    ...text.matchAll(/\bcode(?::|\s*=)[^;,]*?'([a-z]+\/[a-z]+(?:-[a-z]+)*)'/g),
    ...text.matchAll(/'(index\/[a-z]+(?:-[a-z]+)*)'/g),
  ]);
  return [...new Set(said.map(([, code = '']) => code))].sort();
}

describe('codes', () => {
  test('every code that the sources report is in a table, so that sage explain knows it', async () => {
    const codes = await codesInSources();
    expect(codes.length).toBeGreaterThan(60);
    expect(codes.filter((code) => !known.includes(code))).toEqual([]);
  });

  test('no code is both a failure and a finding, and none is explained that nobody reports', async () => {
    expect(new Set(known).size).toBe(known.length);
    const codes = await codesInSources();
    expect(Object.keys(findingTable).filter((code) => !codes.includes(code))).toEqual([]);
  });

  test('both tables are sorted and speak in sentences', () => {
    for (const table of [failureTable, findingTable]) {
      const codes = Object.keys(table);
      expect(codes).toEqual([...codes].sort());
      for (const { means, wayOut } of Object.values(table)) {
        expect(means).toMatch(/^[A-Zg`].*\.$/);
        expect(wayOut).toMatch(/\.$/);
      }
    }
  });

  test('docs/failures.md has an entry for each', async () => {
    const page = await readFile(join(home, 'docs/failures.md'), 'utf8');
    for (const code of known) expect(page).toContain(`### \`${code}\`\n`);
  });
});
