import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { agentClis } from '../../lib/agents/clis.js';
import { agentCliNames } from '../../lib/model/agent-cli.js';

const page = readFileSync(join(process.cwd(), 'docs/agents.md'), 'utf8');
const sections = page.split(/^## /m).slice(1);
const titleOf = (section: string) => section.slice(0, section.indexOf('\n'));

describe('docs/agents.md', () => {
  test.each(agentCliNames)('has a section about %s with what its entry knows', (name) => {
    const { title, install, knownVersions } = agentClis[name];
    const section = sections.find((one) => titleOf(one) === title) ?? '';
    const rows = Object.fromEntries(
      [...section.matchAll(/^\| (\S[^|]*?) +\| (.*?) +\|$/gm)].map(([, key, value]) => [
        key,
        value,
      ]),
    );
    expect(rows).toMatchObject({
      name: expect.stringContaining(`\`${name}\`; \`${install}\``),
      'known to work': expect.stringContaining(knownVersions.join(', ')),
      '`edits`': expect.any(String),
      '`full`': expect.any(String),
    });
  });

  test('has them in alphabetical order', () => {
    const titles = agentCliNames.map((name) => agentClis[name].title);
    const told = sections.map(titleOf).filter((title) => titles.includes(title));
    expect(told).toEqual([...titles].sort());
  });
});
