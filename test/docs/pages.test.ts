import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { streamOptionTable } from '../../lib/cli/options/stream.js';

const root = process.cwd();
const pages = [
  'README.md',
  'EXAMPLES.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const text = (page: string) => readFileSync(join(root, page), 'utf8');

describe('the documents', () => {
  test.each(pages)('every link of %s leads to a file that is there', (page) => {
    const links = [...text(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, to]) => to ?? '',
    );
    const dead = links.filter(
      (to) => !/^https?:/.test(to) && !existsSync(resolve(root, dirname(page), to)),
    );
    expect(dead).toEqual([]);
  });

  test('002-14.5 the command reference, the examples and the readme name --parallel and link each other', () => {
    for (const page of ['README.md', 'EXAMPLES.md', 'docs/stream.md']) {
      expect(text(page)).toContain('--parallel');
    }
    expect(text('README.md')).toMatch(/\(docs\/stream\.md\)/);
    expect(text('README.md')).toMatch(/\(EXAMPLES\.md\)/);
    expect(text('docs/stream.md')).toMatch(/\(\.\.\/EXAMPLES\.md\)/);
    expect(text('EXAMPLES.md')).toMatch(/\(docs\/stream\.md\)/);
  });

  test('the flags that the program knows all stand in the reference', () => {
    const told = new Set(
      [...text('docs/stream.md').matchAll(/`--([a-z-]+)/g)].map(([, name]) => name),
    );
    const known = Object.entries(streamOptionTable)
      .filter(([, option]) => !('hidden' in option))
      .map(([name]) => name);
    expect(known.filter((name) => !told.has(name))).toEqual([]);
  });
});
