import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTable } from '../../lib/cli/command-table.js';
import { repositoryRoot } from '../rig/home.js';
import { issues, lldOf, writesDocuments } from '../rig/items.js';
import { Rig } from '../rig/rig.js';

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');

/** The blocks of one language below a heading. */
function blocks(heading: string, language: string): readonly string[] {
  const section = readme.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  return [...section.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

/** The command lines of a block, without the words behind them. */
const linesOf = (block: string) =>
  block
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, ''));

describe('README.md, read by somebody new', () => {
  test('its tickets, its configuration and its commands, in its order, end in landed commits', async () => {
    const [index = ''] = blocks('Your first run', 'json');
    const [configuration = ''] = blocks('Your first run', 'yaml');
    const [commands = ''] = blocks('Your first run', 'sh');
    await using rig = await Rig.create({
      sage: 'ignored',
      files: { 'test/shop.test.mjs': "import 'node:test';\n" },
    });
    // What is outside: npm, and an agent in the place of Claude Code.
    await rig.program('npm', 'case "$1" in test) exec node --test ;; ci) ;; *) exit 9 ;; esac');
    rig.env['SAGE_AGENT'] = 'scripted';
    const scripted = 'agents: { scripted: { kind: command, command: [test-agent] } }\n';
    await rig.write({
      '.sage/tickets/index.json': index,
      '.sage/config.yaml': configuration + scripted,
    });
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });

    const ends = [];
    for (const line of linesOf(commands)) ends.push({ line, ...(await rig.shell(line)) });
    // Warnings alone, as the page says: fields that other tools want.
    expect(ends.map(({ line, code }) => [line, code])).toEqual([
      ['git switch -c autumn', 0],
      ['sage validate', 2],
      ['sage stream --dry-run', 0],
      ['sage stream --auto --parallel=3', 0],
    ]);
    const ids = ['CART-001', 'CART-002', 'DOCS-001'];
    expect(rig.states()).toEqual(Object.fromEntries(ids.map((id) => [id, 'COMPLETED'])));
    expect(await rig.git('branch', '--show-current')).toBe('autumn');
    const subjects = (await rig.git('log', '--format=%s', 'main..autumn')).split('\n');
    expect(subjects).toHaveLength(ids.length);
    for (const id of ids) expect(subjects.join('\n')).toContain(`#${id}`);
  });

  test('003-12.2 its workflow tools, dry and with --parallel, end in documents and in code', async () => {
    const [commands = ''] = blocks('Commands', 'sh');
    expect(commands).toContain('--parallel');
    expect(commands).toContain('--dry-run');
    await using rig = await Rig.create({ branch: 'autumn' });
    await rig.config();
    await issues(rig, 41, 42);
    await rig.script({
      ...writesDocuments(41, 42),
      '*': [{ write: { '{ticket}.txt': 'x\n' } }],
    });
    for (const line of linesOf(commands)) expect((await rig.shell(line)).code).toBe(0);
    expect(await rig.filesOf('HEAD')).toEqual(
      expect.arrayContaining([lldOf(41), lldOf(42), 'lld-41.txt', 'lld-42.txt']),
    );
  });

  test('every command that it names is one', () => {
    const named = [...readme.matchAll(/(?:`|\n|\()sage ([a-z-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(15);
    const known = commandTable.map(({ name }) => name);
    expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  test('two commands are all that a clone needs, and npm knows both', () => {
    const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const [commands = ''] = blocks('Two commands', 'sh');
    expect(linesOf(commands)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test', 'prepare']));
  });
});
