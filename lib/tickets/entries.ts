import type { Findings } from './findings.js';
import {
  describeNode,
  stringOf,
  valueOf,
  type JsonArray,
  type JsonNode,
  type JsonObject,
} from './json-node.js';
import type { JsonProblem } from './json-scan.js';
import { parseJsonText } from './json-text.js';

/** One ticket's object in the text of an index. */
export interface Entry {
  readonly id: string;
  /** Where the id stands. */
  readonly idAt: number;
  readonly node: JsonObject;
}

/** The ticket objects of an index text that have a usable id, in the order of the text. Faults go to `findings`. */
export function readEntries(text: string, findings?: Findings): readonly Entry[] {
  const { root, problems } = parseJsonText(text);
  if (findings !== undefined) reportProblems(problems, findings);
  const entries: Entry[] = [];
  const list = root === undefined ? undefined : ticketsNode(root, findings);
  if (list !== undefined) takeAll(list, findings, (entry) => entries.push(entry));
  return entries;
}

/** What {@link streamEntries} hands the entries to. */
export interface EntryTaker {
  take(entry: Entry): void;
  /** Forget everything taken and found so far: it did not count. */
  restart(): void;
}

/**
 * As {@link readEntries}, but an entry is handed on as soon as it is read and not kept, so that memory for the nodes of
 * a long index is needed for one ticket at a time. What was handed on is taken back (`restart`) when the text turns
 * out to be no JSON, or when a second "tickets" takes the place of the first.
 */
export function streamEntries(text: string, findings: Findings, taker: EntryTaker): void {
  let taken: JsonArray | undefined;
  const take = (entry: Entry) => {
    taker.take(entry);
  };
  const { root, problems } = parseJsonText(text, {
    key: 'tickets',
    take(item, array) {
      if (taken !== undefined && taken !== array) taker.restart();
      taken = array;
      const entry = listedEntry(item, findings);
      if (entry) take(entry);
    },
  });
  const counting = root?.kind === 'object' ? valueOf(root, 'tickets') : undefined;
  if (taken !== undefined && taken !== counting) taker.restart();
  reportProblems(problems, findings);
  const list = root === undefined ? undefined : ticketsNode(root, findings);
  if (list !== undefined) takeAll(list, findings, take);
}

function reportProblems(problems: readonly JsonProblem[], findings: Findings): void {
  for (const problem of problems) {
    const isWarning = problem.kind === 'duplicate-key';
    findings.add({
      severity: isWarning ? 'warning' : 'critical',
      code: isWarning ? 'index/duplicate-key' : 'index/not-json',
      offset: problem.offset,
      message: isWarning ? problem.message : `this is not JSON: ${problem.message}`,
      hint: problem.hint ?? (isWarning ? 'Remove one of them.' : 'Mend it, or restore the file.'),
      ...(isWarning ? { many: 'keys stand twice in one object; the last one counts' } : {}),
    });
  }
}

function takeAll(list: JsonNode, findings: Findings | undefined, take: (entry: Entry) => void) {
  if (list.kind === 'object') {
    for (const { key, keyStart, value } of list.members) {
      const entry = keyedEntry(key, keyStart, value, findings);
      if (entry) take(entry);
    }
  } else if (list.kind === 'array') {
    for (const item of list.items) {
      const entry = listedEntry(item, findings);
      if (entry) take(entry);
    }
  }
}

const SHAPE_HINT = 'An index is an object with an array "tickets": { "tickets": [ … ] }.';

/** The list or map of tickets; a bare array at the top is read on, so that its other faults are told too. */
function ticketsNode(root: JsonNode, findings?: Findings): JsonNode | undefined {
  const wrong = (offset: number, message: string, severity: 'critical' | 'warning' = 'critical') =>
    findings?.add({ severity, code: 'index/shape', offset, message, hint: SHAPE_HINT });
  if (root.kind === 'array') {
    wrong(root.start, 'the index is an array at the top; expected an object with "tickets"');
    return root;
  }
  if (root.kind !== 'object') {
    wrong(root.start, `the index is ${describeNode(root)}; expected an object with "tickets"`);
    return undefined;
  }
  const tickets = valueOf(root, 'tickets');
  if (tickets === undefined) {
    wrong(root.start, 'the index has no key "tickets"');
    return undefined;
  }
  if (tickets.kind === 'scalar') {
    wrong(tickets.start, `"tickets" is ${describeNode(tickets)}; expected an array`);
    return undefined;
  }
  if (tickets.kind === 'object') {
    wrong(tickets.start, '"tickets" is a map keyed by id; read as a list in its order', 'warning');
  }
  return tickets;
}

function keyedEntry(
  key: string,
  keyStart: number,
  node: JsonNode,
  findings?: Findings,
): Entry | undefined {
  if (node.kind !== 'object') return notAnObject(node, findings, key);
  const own = stringOf(valueOf(node, 'id'));
  if (own !== undefined && own !== key) {
    findings?.add({
      severity: 'error',
      code: 'index/id-mismatch',
      offset: keyStart,
      message: `the ticket under the key ${JSON.stringify(key)} says its id is ${JSON.stringify(own)}; the key counts`,
      hint: 'Make both the same.',
      ticket: key,
    });
  }
  return acceptable(key, keyStart, node, findings);
}

function listedEntry(node: JsonNode, findings?: Findings): Entry | undefined {
  if (node.kind !== 'object') return notAnObject(node, findings);
  const id = valueOf(node, 'id');
  const text = stringOf(id);
  if (text !== undefined && id !== undefined) return acceptable(text, id.start, node, findings);
  const message =
    id === undefined
      ? 'a ticket has no id'
      : `the id of a ticket is ${describeNode(id)}; expected a string such as "AUTH-001"`;
  findings?.add({
    severity: 'critical',
    code: 'index/no-id',
    offset: (id ?? node).start,
    message,
    hint: 'Every ticket needs an id of its own, a string.',
    ...(id?.kind === 'scalar' ? { value: String(id.value) } : {}),
    many: 'tickets have no usable id',
  });
  return undefined;
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function acceptable(
  id: string,
  idAt: number,
  node: JsonObject,
  findings?: Findings,
): Entry | undefined {
  if (id.trim() === '') {
    findings?.add({
      severity: 'critical',
      code: 'index/no-id',
      offset: idAt,
      message: 'the id of a ticket is empty',
      hint: 'Every ticket needs an id of its own.',
    });
    return undefined;
  }
  if (CONTROL.test(id)) {
    findings?.add({
      severity: 'error',
      code: 'index/id-control-character',
      offset: idAt,
      message: `the id ${JSON.stringify(id)} holds a control character; this ticket is left out`,
      hint: 'Give it an id of visible characters, and change whatever depends on it.',
      value: JSON.stringify(id),
    });
    return undefined;
  }
  return { id, idAt, node };
}

function notAnObject(node: JsonNode, findings?: Findings, key?: string): Entry | undefined {
  findings?.add({
    severity: 'critical',
    code: 'index/shape',
    offset: node.start,
    message: `a ticket is ${describeNode(node)}; expected an object`,
    hint: 'Every ticket is an object: { "id": …, "state": …, … }.',
    ...(key === undefined ? {} : { ticket: key }),
    many: 'tickets are no objects',
  });
  return undefined;
}
