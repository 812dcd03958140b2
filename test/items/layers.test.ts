import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

/** Folders of lib that a file imports from. */
const foldersIn = (text: string) =>
  [...text.matchAll(/from '\.\.\/([a-z]+)\//g)].map(([, folder = '']) => folder);

describe('the layer of the workflow tools', () => {
  test('003-1.2 a tool says what there is to do; nothing of it knows an engine, a process or a run', () => {
    const files = readdirSync(join(repositoryRoot, 'lib/items'));
    expect(files).toEqual(expect.arrayContaining(['requirements.ts', 'implement.ts']));
    const known = new Set(files.flatMap((name) => foldersIn(read(`lib/items/${name}`))));
    expect([...known].sort()).toEqual(['config', 'git', 'model', 'tickets']);
    for (const name of ['requirements', 'implement']) {
      const imports = read(`lib/cli/commands/${name}.ts`).match(/from '.*'/g);
      expect(imports).toEqual(["from '../preset/preset-command.js'"]);
    }
  });

  test('003-3.13 it brings no library: the program needs those that the engine and its terminal needed before', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: object };
    expect(Object.keys(dependencies).sort()).toEqual([
      '@dagrejs/graphlib',
      'chalk',
      'execa',
      'proper-lockfile',
      'string-width',
      'write-file-atomic',
      'yaml',
      'yargs',
      'zod',
    ]);
    const libraries = readdirSync(join(repositoryRoot, 'lib/items'))
      .flatMap((name) => [...read(`lib/items/${name}`).matchAll(/ from '([^.'][^']*)'/g)])
      .map(([, library = '']) => library)
      .filter((library) => !library.startsWith('node:'));
    expect([...new Set(libraries)]).toEqual(['write-file-atomic']);
  });

  test('003-12.1 CI has it linted, its code names its design, and that one the rows it departs from', () => {
    expect(read('.ci/run')).toMatch(/^npm run --silent check \|\| failed=1$/m);
    expect(read('scripts/check.mjs')).toContain("['.', '--max-warnings=0']");
    expect(read('lib/items/preset.ts')).toContain('docs/workflow-tools.md');
    const [, design = ''] = read('docs/workflow-tools.md').split('\n## Design\n');
    expect(design.match(/\b003-\d+\.\d+\b/g)?.length).toBeGreaterThan(10);
  });

  test('003-10.2 CI measures how much of it the tests reach, and fails below 95 of 100', () => {
    const { coverageThreshold, collectCoverageFrom } = JSON.parse(
      read('jest.coverage.config.json'),
    ) as {
      coverageThreshold: { global: Record<string, number> };
      collectCoverageFrom: string[];
    };
    expect(Object.values(coverageThreshold.global).sort()).toEqual([95, 95, 95, 95]);
    expect(collectCoverageFrom).toContain('dist/lib/items/*.js');
    expect(read('.ci/run')).toMatch(/^suite npm run --silent test:coverage$/m);
  });
});
