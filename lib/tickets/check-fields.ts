import type { CheckInput } from './check-input.js';
import type { Entry } from './entries.js';
import { isGiven, stringOf, valueOf } from './json-node.js';

const REQUIRED = ['priority', 'type', 'title', 'validation_type'];
const TYPES = new Set(['implementation', 'enhancement', 'bugfix', 'refactor']);
const VALIDATION_TYPES = new Set(['stateflow', 'content', 'interactive', 'integration', 'generic']);
const ID = /^[A-Z0-9]+-[0-9]+$/;

/** Required fields, form of the id, vocabularies, Markdown files. `id` and `state` are the reader's. */
export function checkFields(input: CheckInput): void {
  for (const entry of input.entries) {
    for (const field of REQUIRED) checkPresent(entry, field, input);
    checkWord(entry, 'type', TYPES, input);
    checkWord(entry, 'validation_type', VALIDATION_TYPES, input);
    checkId(entry, input);
    checkMarkdown(entry, input);
  }
}

function checkPresent(entry: Entry, field: string, { strict, findings }: CheckInput): void {
  if (isGiven(valueOf(entry.node, field))) return;
  findings.add({
    severity: strict ? 'error' : 'warning',
    code: 'index/missing-field',
    offset: entry.idAt,
    message: `${entry.id} has no "${field}"`,
    hint: 'Other tools demand it; sage does without.',
    ticket: entry.id,
    many: `tickets have no "${field}"`,
  });
}

function checkWord(
  entry: Entry,
  field: string,
  words: ReadonlySet<string>,
  { strict, findings }: CheckInput,
): void {
  const node = valueOf(entry.node, field);
  if (!isGiven(node)) return;
  const value = stringOf(node) ?? '';
  if (words.has(value)) return;
  findings.add({
    severity: strict ? 'error' : 'warning',
    code: field === 'type' ? 'index/unknown-type' : 'index/unknown-validation-type',
    offset: node.start,
    message: `the ${field} of ${entry.id} is ${JSON.stringify(value)}`,
    hint: `Upstream's validator knows ${[...words].join(', ')}; sage decides nothing by it.`,
    value,
    ticket: entry.id,
    name: value,
    many: `tickets have a ${field} that upstream's validator does not know`,
  });
}

function checkId({ id, idAt }: Entry, { findings }: CheckInput): void {
  if (ID.test(id)) return;
  findings.add({
    severity: 'warning',
    code: 'index/odd-id',
    offset: idAt,
    message: `the id ${JSON.stringify(id)} is not of the form COMPONENT-NUMBER`,
    hint: 'sage takes any id; other tools may not find this one.',
    value: id,
    ticket: id,
    many: 'ids are not of the form COMPONENT-NUMBER',
  });
}

function checkMarkdown({ id, idAt }: Entry, { findings, files }: CheckInput): void {
  if (files === undefined || files.markdownExists(id)) return;
  findings.add({
    severity: 'warning',
    code: 'index/no-markdown',
    offset: idAt,
    message: `${id} has no Markdown file`,
    hint: 'Only people read it; sage does without.',
    ticket: id,
    many: 'tickets have no Markdown file',
  });
}
