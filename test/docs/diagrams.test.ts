import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { planMermaid } from '../../lib/show/plan-mermaid.js';
import { planOf, ticket } from '../plan/tickets.js';
import { repositoryRoot } from '../rig/home.js';

/** What Mermaid itself says of each text; null: it can draw it. */
const complaints = (diagrams: readonly string[]) =>
  JSON.parse(
    execFileSync(process.execPath, [join(repositoryRoot, 'scripts/parse-mermaid.mjs')], {
      input: JSON.stringify(diagrams),
      encoding: 'utf8',
    }),
  ) as readonly (string | null)[];

const pages = readdirSync(repositoryRoot, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /^(?:docs\/[^/]+|[A-Z]+)\.md$/.test(name),
);
const diagrams = pages.flatMap((page) =>
  [...readFileSync(join(repositoryRoot, page), 'utf8').matchAll(/^```mermaid\n(.*?)^```/gms)].map(
    ([, diagram]) => ({ page, diagram: diagram ?? '' }),
  ),
);

describe('diagrams', () => {
  test('003-12.3 Mermaid can draw every diagram of the documents', () => {
    expect(diagrams.length).toBeGreaterThan(0);
    const said = complaints([...diagrams.map(({ diagram }) => diagram), 'sequenceDiagram\n A->']);
    expect(said.at(-1)).toContain('Parse error');
    const broken = diagrams.filter((_, index) => said[index] !== null);
    expect(broken).toEqual([]);
  });

  test('Mermaid can draw the plan whatever the titles of its tickets are', () => {
    const titles = [
      'Say "no" to [brackets] and {braces}',
      'A --> B; end',
      '```\nsubgraph x["y"]',
      '<script>alert(1)</script> & #35; %% comment',
      'graph end class click style',
      'Zürich 東京 🚲 \u202e',
      '',
    ];
    const plan = planOf(
      titles.map((title, index) =>
        ticket(`end-${index + 1}`, { title, ...(index > 2 ? { after: [`end-${index}`] } : {}) }),
      ),
      { requestedSlots: 2 },
    );
    expect(complaints([planMermaid(plan)])).toEqual([null]);
  });
});
