import type { Severity } from '../model/diagnostic.js';
import type { CheckInput } from './check-input.js';
import type { Entry } from './entries.js';
import { readLinks, type LINK_FIELDS, type Link } from './read-links.js';

type Meaning = keyof typeof LINK_FIELDS;

/** What a reference to a ticket that does not exist is called, weighs and causes. */
const MEANINGS: readonly {
  readonly meaning: Meaning;
  readonly severity: Severity;
  readonly code: string;
  readonly verb: string;
  readonly hint: string;
}[] = [
  {
    meaning: 'dependencies',
    severity: 'error',
    code: 'index/unknown-dependency',
    verb: 'depends on',
    hint: 'It waits for it forever: correct the id or remove the dependency.',
  },
  {
    meaning: 'parent',
    severity: 'error',
    code: 'index/unknown-parent',
    verb: 'names as its parent',
    hint: 'Correct the id or remove it.',
  },
  ...(
    [
      ['children', 'names as its child'],
      ['blocks', 'says it blocks'],
      ['relatedTo', 'is related to'],
      ['discoveredFrom', 'was discovered from'],
    ] as const
  ).map(([meaning, verb]) => ({
    meaning,
    severity: 'warning' as const,
    code: meaning === 'children' ? 'index/unknown-child' : 'index/unknown-reference',
    verb,
    hint: 'Correct the id or remove it.',
  })),
];

/** References to tickets that do not exist, to the ticket itself as its parent, and children with two parents. */
export function checkReferences(input: CheckInput): void {
  const byFold = new Map([...input.tickets.keys()].map((id) => [id.toLowerCase(), id]));
  const parents = new Map<string, string>();
  for (const entry of input.entries) {
    for (const { meaning, ...words } of MEANINGS) {
      for (const link of readLinks(entry, meaning)) {
        if (!input.tickets.has(link.id)) dangling(entry, link, words, byFold, input);
      }
    }
    checkFamily(entry, parents, input);
  }
}

function dangling(
  { id }: Entry,
  link: Link,
  words: { severity: Severity; code: string; verb: string; hint: string },
  byFold: ReadonlyMap<string, string>,
  { findings }: CheckInput,
): void {
  const near = byFold.get(link.id.toLowerCase());
  findings.add({
    severity: words.severity,
    code: words.code,
    offset: link.at,
    message: `${id} ${words.verb} ${JSON.stringify(link.id)}, which is not in the index`,
    hint: near === undefined ? words.hint : `Did you mean ${near}? ${words.hint}`,
    value: link.id,
    ticket: id,
  });
}

function checkFamily(entry: Entry, parents: Map<string, string>, { findings }: CheckInput): void {
  const { id } = entry;
  const parent = readLinks(entry, 'parent');
  const children = readLinks(entry, 'children');
  for (const { at } of [...parent, ...children].filter((link) => link.id === id)) {
    findings.add({
      severity: 'error',
      code: 'index/own-parent',
      offset: at,
      message: `${id} names itself as its parent or child`,
      hint: 'Remove it.',
      ticket: id,
    });
  }
  const claims = [
    ...parent.map((link) => ({ child: id, parent: link.id, at: link.at })),
    ...children.map((link) => ({ child: link.id, parent: id, at: link.at })),
  ];
  for (const claim of claims) {
    const earlier = parents.get(claim.child);
    parents.set(claim.child, earlier ?? claim.parent);
    if (earlier === undefined || earlier === claim.parent) continue;
    findings.add({
      severity: 'warning',
      code: 'index/two-parents',
      offset: claim.at,
      message: `${claim.child} has two parents, ${earlier} and ${claim.parent}`,
      hint: 'Keep one of them.',
      value: claim.parent,
      ticket: claim.child,
    });
  }
}
