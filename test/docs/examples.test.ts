import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

interface Step {
  readonly command: string;
  readonly exitCode: number;
  /** What the page shows below the command; `…` is any text. */
  readonly shown: string;
}

/** The examples of the page: a title and the commands of its blocks. */
function examples(): [title: string, steps: Step[]][] {
  const page = readFileSync(join(process.cwd(), 'EXAMPLES.md'), 'utf8');
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const title = section.slice(0, section.indexOf('\n'));
      const blocks = [...section.matchAll(/```console\n([\s\S]*?)```/g)].map(
        ([, text]) => text ?? '',
      );
      return [title, blocks.flatMap(stepsOf)];
    });
}

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [line = '', ...shown] = text.trimEnd().split('\n');
      const exit = /^(.*?)\s+# exit (\d+)$/.exec(line);
      return {
        command: exit?.[1] ?? line,
        exitCode: Number(exit?.[2] ?? 0),
        shown: shown.join('\n'),
      };
    });
}

const pattern = (shown: string) =>
  new RegExp(
    `^\\s*${shown
      .trim()
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^\n|\n$/g, '\\s*'))
      .join('[\\s\\S]*?')}\\s*$`,
  );

const tickets = [
  { id: 'AUTH-001', priority: 'P0' },
  { id: 'AUTH-002', dependencies: ['AUTH-001'] },
  { id: 'AUTH-003', dependencies: ['AUTH-002'] },
  { id: 'DOCS-001', priority: 'P2', type: 'documentation' },
  { id: 'DOCS-002', priority: 'P2', type: 'documentation' },
];

/** Writes a file; for an issue its design document. */
const AGENT = `case "$SAGE_TICKET" in
issue-*) mkdir -p docs/lld && echo "# $SAGE_TICKET" > "docs/lld/LLD-0\${SAGE_TICKET#issue-}.md" ;;
*) echo "$SAGE_TICKET" > "$SAGE_TICKET.txt" ;;
esac`;

describe('EXAMPLES.md', () => {
  test('002-18.6 has at least ten examples, numbered one after another, four of them parallel', () => {
    const titles = examples().map(([title]) => title);
    expect(titles.length).toBeGreaterThanOrEqual(10);
    expect(titles.map((title) => Number.parseInt(title))).toEqual(
      titles.map((_title, index) => index + 1),
    );
    const parallel = examples().filter(([, steps]) =>
      steps.some(({ command }) => command.includes('--parallel')),
    );
    expect(parallel.length).toBeGreaterThanOrEqual(4);
  });

  test.each(examples())('002-18.6 example %s runs as it stands there', async (_title, steps) => {
    await using rig = await Rig.create({ branch: 'work', sage: 'ignored' });
    await rig.config({
      agents: {
        scripted: {
          kind: 'command',
          command: ['sh', '-c', AGENT],
        },
      },
      verify: undefined,
    });
    await rig.tickets(tickets);
    await rig.write({
      '.sage/issues/41-retry.md': '# 41 - Retry on timeouts\n',
      '.sage/issues/42-log.md': '# 42 - Log what was tried\n',
    });
    for (const { command, exitCode, shown } of steps) {
      const { code, stdout, stderr } = await rig.shell(command);
      expect({ command, code, stderr: code === exitCode ? '' : stderr }).toEqual({
        command,
        code: exitCode,
        stderr: '',
      });
      expect(stdout).toMatch(pattern(shown));
    }
  });
});
