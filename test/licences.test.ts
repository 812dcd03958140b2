import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './rig/home.js';

/** Licences that ask for their notice and nothing else: whoever gets the program may use it as its own licence says. */
const ALLOWED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Apache-2.0',
];

interface Locked {
  readonly dev?: boolean;
  readonly license?: string;
}

const json = (file: string) =>
  JSON.parse(readFileSync(join(repositoryRoot, file), 'utf8')) as unknown;

describe('licences', () => {
  const { packages } = json('package-lock.json') as { packages: Record<string, Locked> };
  const shipped = Object.entries(packages).filter(([folder, { dev }]) => folder !== '' && !dev);
  const name = (folder: string) => folder.replace(/^.*node_modules\//, '');

  test('003-9.2 every package that comes with the program has one that its own allows', () => {
    const { license, dependencies } = json('package.json') as {
      license: string;
      dependencies: Record<string, string>;
    };
    expect(license).toBe('MIT');
    expect(shipped.map(([folder]) => name(folder))).toEqual(
      expect.arrayContaining(Object.keys(dependencies)),
    );
    expect(
      shipped.filter(([, one]) => !ALLOWED.includes(one.license ?? '')).map(([folder]) => folder),
    ).toEqual([]);
  });

  test('003-9.2 the notices of all that the bundle holds go with it', () => {
    const notices = readFileSync(join(repositoryRoot, 'dist/bundle/licences.txt'), 'utf8').split(
      `\n${'-'.repeat(80)}\n\n`,
    );
    const heads = notices.map((one) => /^(\S+) (\S+) \((.+)\)\n\n\S/.exec(one));
    expect(heads).not.toContain(null);
    const named = heads.map((head) => head?.[1] ?? '');
    expect(named).toEqual(
      expect.arrayContaining(['chalk', 'execa', 'yaml', 'yargs-parser', 'zod']),
    );
    const known = new Set(shipped.map(([folder]) => name(folder)));
    expect(named.filter((one) => !known.has(one))).toEqual([]);
    expect(heads.filter((head) => !ALLOWED.includes(head?.[3] ?? ''))).toEqual([]);
    const { files } = json('package.json') as { files: string[] };
    expect(files).toContain('dist/bundle');
    expect(readdirSync(join(repositoryRoot, 'dist/bundle'))).toContain('licences.txt');
  });
});
