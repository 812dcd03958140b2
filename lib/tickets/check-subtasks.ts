import type { CheckInput } from './check-input.js';
import type { Entry } from './entries.js';
import {
  describeNode,
  isGiven,
  itemsOf,
  numberOf,
  stringOf,
  valueOf,
  type JsonObject,
} from './json-node.js';
import { subtaskNodes } from './read-scripts.js';

const REQUIRED = ['id', 'type', 'description', 'status'];

/** Sub-tasks: their fields, their scripts, their shape; and the checkpoints of a ticket's components. */
export function checkSubtasks(input: CheckInput): void {
  for (const entry of input.entries) {
    checkShape(entry, input);
    const seen = new Set<string>();
    for (const node of subtaskNodes(entry.node)) {
      const id = stringOf(valueOf(node, 'id')) ?? String(numberOf(valueOf(node, 'id')) ?? '');
      checkFields(entry, node, id, input);
      checkRepeat(entry, node, id, seen, input);
      checkScript(entry, node, id, input);
    }
    checkCheckpoints(entry, input);
  }
}

function checkShape({ id, node }: Entry, { findings }: CheckInput): void {
  const tasks = valueOf(node, 'tasks');
  if (!isGiven(tasks)) return;
  const wrong =
    tasks.kind === 'array' ? tasks.items.filter(({ kind }) => kind !== 'object') : [tasks];
  for (const item of wrong) {
    findings.add({
      severity: 'error',
      code: 'index/bad-subtask',
      offset: item.start,
      message: `${id} has ${describeNode(item)} ${item === tasks ? 'for' : 'among'} its "tasks"; it is not done`,
      hint: 'Write "tasks" as an array of objects.',
      ticket: id,
    });
  }
}

function checkFields(
  { id: ticket }: Entry,
  node: JsonObject,
  id: string,
  { strict, findings }: CheckInput,
): void {
  for (const field of REQUIRED) {
    if (isGiven(valueOf(node, field))) continue;
    findings.add({
      severity: strict ? 'error' : 'warning',
      code: 'index/incomplete-subtask',
      offset: node.start,
      message: `the sub-task ${id === '' ? '' : `${id} `}of ${ticket} has no "${field}"`,
      hint: 'Other tools demand it; sage does without.',
      ticket,
      many: `sub-tasks have no "${field}"`,
    });
  }
}

function checkRepeat(
  { id: ticket }: Entry,
  node: JsonObject,
  id: string,
  seen: Set<string>,
  { findings }: CheckInput,
): void {
  if (id !== '' && seen.has(id)) {
    findings.add({
      severity: 'warning',
      code: 'index/duplicate-subtask',
      offset: node.start,
      message: `${ticket} has two sub-tasks with the id ${JSON.stringify(id)}`,
      hint: 'Rename one of them.',
      value: id,
      ticket,
    });
  }
  seen.add(id);
}

function checkScript(
  { id: ticket }: Entry,
  node: JsonObject,
  id: string,
  { findings }: CheckInput,
): void {
  const script = valueOf(node, 'validation_script');
  if (!isGiven(script) || (stringOf(script)?.trim() ?? '') !== '') return;
  findings.add({
    severity: 'warning',
    code: 'index/empty-script',
    offset: script.start,
    message: `the validation_script of the sub-task ${id} of ${ticket} is ${script.kind === 'scalar' && script.value === '' ? 'empty' : 'no command'}`,
    hint: 'Write a command, or remove the key: then nothing is run for it.',
    ticket,
    many: 'sub-tasks have an empty validation_script',
  });
}

function checkCheckpoints({ id, node }: Entry, { findings, files }: CheckInput): void {
  for (const component of itemsOf(valueOf(node, 'components'))) {
    if (component.kind !== 'object') continue;
    const checkpoint = valueOf(component, 'checkpoint_id');
    const sha = stringOf(checkpoint) ?? '';
    if (checkpoint === undefined || sha === '' || files?.commitExists?.(sha) !== false) continue;
    findings.add({
      severity: 'warning',
      code: 'index/unknown-checkpoint',
      offset: checkpoint.start,
      message: `the checkpoint ${JSON.stringify(sha)} of a component of ${id} is no commit of this repository`,
      hint: 'Nothing can be rolled back to it; remove it.',
      value: sha,
      ticket: id,
    });
  }
}
