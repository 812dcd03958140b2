import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultConfig } from '../../lib/config/defaults.js';
import { commandTable } from '../../lib/cli/command-table.js';
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

  test('003-9.3 what is kept for how long is on a page of its own: every key, with what holds without it', () => {
    const page = text('docs/keeping.md');
    const said = Object.entries(defaultConfig.retention).flatMap(([kind, { days, runs }]) => [
      ['`retention.', kind, '.days` | ', days === undefined ? 'for good' : String(days)].join(''),
      ['`retention.', kind, '.runs` | ', String(runs)].join(''),
    ]);
    const plain = page.replace(/ +/g, ' ');
    expect(said.filter((words) => !plain.includes(words))).toEqual([]);
    for (const command of ['sage clean --dry-run', 'sage sessions'])
      expect(page).toContain(command);
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

  test('002-17.5 the command reference, the stream page, the examples and the validate page name --parallel and link each other', () => {
    const related = ['docs/commands.md', 'docs/stream.md', 'EXAMPLES.md', 'docs/validate.md'];
    for (const page of related) {
      expect({ page, names: text(page).includes('--parallel') }).toEqual({ page, names: true });
      const linked = [...text(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, to]) =>
        join(dirname(page), to ?? ''),
      );
      const others = related.filter((other) => other !== page);
      expect({ page, missing: others.filter((other) => !linked.includes(other)) }).toEqual({
        page,
        missing: [],
      });
    }
  });

  test('002-17.5 the command reference has every command and each of its flags', async () => {
    const page = text('docs/commands.md');
    for (const { name, load } of commandTable) {
      const part = page.split(/^## /m).find((one) => one.startsWith(`\`sage ${name}\``)) ?? '';
      const { command } = await load();
      for (const line of command.usage) expect(part).toContain(line);
      for (const [flag, option] of Object.entries(command.options)) {
        const isThere = new RegExp(`\`--${flag}[=\`]`).test(part);
        expect({ name, flag, isThere }).toEqual({ name, flag, isThere: option.hidden !== true });
      }
    }
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

describe('the order of the documents', () => {
  const index = text('docs/README.md');
  const listed = [...index.matchAll(/^- \[(.+?)\]\(([^)]+)\)(.*)$/gm)].map(
    ([, title = '', to = '', words = '']) => ({ title, path: join('docs', to), words }),
  );
  const linksIn = (part: string, page: string) =>
    [...part.matchAll(/\]\(([^)#\s]+)\)/g)].map(([, to = '']) => join(dirname(page), to));

  test('docs/README.md lists every page once, by its title, with a line of words', () => {
    const there = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(listed.map(({ path }) => path).sort()).toEqual([...there, 'EXAMPLES.md'].sort());
    for (const { title, path, words } of listed) {
      expect({ path, title: text(path).split('\n')[0] }).toEqual({ path, title: `# ${title}` });
      expect(words).toMatch(/^: \S+ \S+/);
    }
    expect(linksIn(text('README.md'), 'README.md')).toContain('docs/README.md');
  });

  test.each(listed.map(({ path }, place) => [path, place] as const))(
    '%s names the page before it, the index and the page after it at its head and its foot',
    (path, place) => {
      const parts = text(path).split(/<!-- (?:generated|end): pages -->/);
      const [, head = '', , foot = ''] = parts;
      const wanted = [
        listed[place - 1]?.path ?? 'README.md',
        'docs/README.md',
        ...(place + 1 < listed.length ? [listed[place + 1]!.path] : []),
      ];
      expect([head, foot].map((part) => linksIn(part, path))).toEqual([wanted, wanted]);
      expect(parts[0]!.trim().split('\n')).toHaveLength(1);
      expect(parts.slice(4).join('').trim()).toBe('');
    },
  );
});

describe('the command lines of the documents', () => {
  /** Calls of sage in code: lines of blocks, and between backticks. */
  const callsIn = (page: string) => {
    const blocks = [...text(page).matchAll(/```\w*\n([\s\S]*?)```/g)].map(
      ([, block = '']) => block,
    );
    const inline = [...text(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
    return [...blocks.join('\n').split('\n'), ...inline].flatMap((line) =>
      [...line.matchAll(/(?:^|\$ |\$\()sage ([a-z-]+)((?: [^#|;)]*)?)/g)].map(
        ([, name = '', rest = '']) => ({ name, rest }),
      ),
    );
  };

  test('there are many', () => {
    expect(pages.flatMap(callsIn).length).toBeGreaterThan(200);
  });

  test.each(pages)('%s names only commands and flags that there are', async (page) => {
    const unknown = [];
    for (const { name, rest } of callsIn(page)) {
      const entry = commandTable.find((one) => one.name === name);
      const options = entry ? (await entry.load()).command.options : {};
      const flags = [...rest.matchAll(/(?<= )--([a-z-]+)/g)].map(([, flag = '']) => flag);
      if (!entry || flags.some((flag) => !(flag in options))) unknown.push(`${name}${rest}`);
    }
    expect(unknown).toEqual([]);
  });
});
