import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckName } from '../../model/check-names.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { checkIndex } from '../../tickets/check-index.js';
import type { ReadIndex } from '../../tickets/read.js';
import { asError, ran, notRun, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** What of the index's findings belongs to which group; everything else is its schema. */
const groupOf = (code: string): CheckName => {
  if (/^index\/(duplicate-id|ambiguous-id)$/.test(code)) return 'duplicates';
  if (
    /^index\/(unknown-(dependency|parent|child|reference)|own-parent|two-parents|bad-reference|odd-reference)/.test(
      code,
    )
  ) {
    return 'dependencies';
  }
  return 'schema';
};

/** The findings of the index by group. */
export async function indexFindings(
  world: World,
): Promise<(group: CheckName) => readonly Diagnostic[]> {
  const { index } = world;
  if (!index.ok) return (group) => (group === 'schema' ? [asError(index.failure)] : []);
  const files = await lookAround(world, index.value);
  const all = checkIndex(index.value, { strict: world.isStrict, files });
  return (group) => all.filter(({ code }) => groupOf(code) === group);
}

/** `schema` and `duplicates`. */
export function examineIndex(
  world: World,
  group: 'schema' | 'duplicates',
  findings: readonly Diagnostic[],
): CheckOutcome {
  if (!world.index.ok && group === 'duplicates') return notRun('the index cannot be read');
  const totals = findings.find(({ code }) => code === 'index/totals');
  const others = findings.filter((finding) => finding !== totals);
  if (group === 'schema') return ran(totals?.message ?? '', others);
  return ran(others.length === 0 ? 'every id stands once' : '', others);
}

/** `dependencies`: references, and the cycles that the plan found. */
export function examineDependencies(
  { plan, index }: World,
  findings: readonly Diagnostic[],
): CheckOutcome {
  if (plan === undefined || !index.ok) return notRun('the index cannot be used');
  const tickets = new Map(index.value.tickets.map((ticket) => [ticket.id, ticket]));
  const cycles = plan.cycles.map((cycle): Diagnostic => {
    const [first] = cycle;
    const where = first === undefined ? undefined : tickets.get(first)?.where;
    return {
      severity: 'error',
      code: 'plan/cycle',
      message: `These wait for each other: ${[...cycle, first].join(' → ')}.`,
      hint: 'Remove one of the dependencies. No run starts before; sequentially, the others still run.',
      ...(where === undefined ? {} : { where }),
      ...(first === undefined ? {} : { ticket: first }),
    };
  });
  const { open, runnable, blocked } = plan.counts;
  const stuck: readonly Diagnostic[] =
    open > 0 && runnable === 0 && cycles.length === 0
      ? [
          {
            severity: 'warning',
            code: 'plan/all-blocked',
            message: `All ${open} open tickets wait for something.`,
            hint: '`sage stream --explain ID` says for what.',
          },
        ]
      : [];
  const told = `${open} open: ${runnable} can run, ${blocked} blocked${cycles.length === 0 ? '; no cycle' : ''}`;
  return ran(told, [...cycles, ...findings, ...stuck]);
}

/** What checks of the index may ask about: Markdown files beside it, and commits that it names. */
async function lookAround({ root, repository }: World, index: ReadIndex) {
  const names = new Set(await readdir(join(root, '.sage/tickets')).catch(() => []));
  const named = [...index.text.matchAll(/"checkpoint_id"\s*:\s*"([0-9a-f]{4,64})"/gi)].map(
    ([, sha = '']) => sha,
  );
  const commits = new Set<string>();
  if (repository.ok && named.length > 0) {
    const { git, root: cwd } = repository.value;
    const input = `${named.map((sha) => `${sha}^{commit}`).join('\n')}\n`;
    const answer = await git(['cat-file', '--batch-check=%(objecttype)'], { cwd, input });
    const types = answer.ok ? answer.value.stdout.split('\n') : [];
    for (const [place, sha] of named.entries()) if (types[place] === 'commit') commits.add(sha);
  }
  return {
    markdownExists: (id: string) => names.has(`${id}.md`),
    ...(repository.ok ? { commitExists: (sha: string) => commits.has(sha) } : {}),
  };
}
