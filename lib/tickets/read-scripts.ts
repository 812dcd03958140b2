import type { Subtask, TicketScript } from '../model/ticket.js';
import {
  itemsOf,
  numberOf,
  stringOf,
  valueOf,
  type JsonNode,
  type JsonObject,
} from './json-node.js';
import { stateOf } from './words.js';

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_FIXES = 3;

const NO_SUBTASKS: readonly Subtask[] = [];
const NO_SCRIPTS: readonly TicketScript[] = [];

/** The steps inside a ticket: `tasks`, or those of its `components` one after another where it has none. */
export function readSubtasks(ticket: JsonObject): readonly Subtask[] {
  const nodes = subtaskNodes(ticket);
  return nodes.length === 0 ? NO_SUBTASKS : nodes.map(readSubtask);
}

const NO_OBJECTS: readonly JsonObject[] = [];

const objects = (nodes: readonly JsonNode[]) =>
  nodes.length === 0 ? NO_OBJECTS : nodes.filter((node) => node.kind === 'object');

/** The objects of the steps inside a ticket, in order. */
export function subtaskNodes(ticket: JsonObject): readonly JsonObject[] {
  const own = objects(itemsOf(valueOf(ticket, 'tasks')));
  if (own.length > 0) return own;
  const components = itemsOf(valueOf(ticket, 'components'));
  if (components.length === 0) return own;
  return components.flatMap((component) =>
    component.kind === 'object' ? objects(itemsOf(valueOf(component, 'tasks'))) : [],
  );
}

function readSubtask(node: JsonObject, index: number): Subtask {
  const text = (key: string) => stringOf(valueOf(node, key))?.trim();
  const id = text('id') ?? String(numberOf(valueOf(node, 'id')) ?? `task-${index + 1}`);
  const status = text('status') ?? text('state');
  const command = text('validation_script') ?? '';
  return {
    id,
    description: text('description') ?? text('title') ?? text('name') ?? id,
    type: (text('type') ?? '').toLowerCase(),
    isDone: status !== undefined && stateOf(status)?.value === 'COMPLETED',
    files: itemsOf(valueOf(node, 'files')).flatMap((file) => stringOf(file) ?? []),
    ...(command === '' ? {} : { script: subtaskScript(node, id, command) }),
  };
}

function subtaskScript(node: JsonObject, id: string, command: string): TicketScript {
  return {
    name: id,
    command,
    timeoutMs: timeoutMs(node),
    retries: 0,
    autoFix: booleanOf(valueOf(node, 'auto_fix')) ?? true,
    maxFixes: count(valueOf(node, 'max_retries')) ?? DEFAULT_FIXES,
  };
}

/** The scripts of `validation_config.verification_scripts`; a script without a command is left out. */
export function readScripts(ticket: JsonObject): readonly TicketScript[] {
  const config = valueOf(ticket, 'validation_config');
  if (config?.kind !== 'object') return NO_SCRIPTS;
  const mayFix = booleanOf(valueOf(config, 'auto_fix')) ?? true;
  const maxFixes = count(valueOf(config, 'max_retries')) ?? DEFAULT_FIXES;
  return itemsOf(valueOf(config, 'verification_scripts')).flatMap((node, index) => {
    const command =
      (node.kind === 'object' ? stringOf(valueOf(node, 'command')) : stringOf(node))?.trim() ?? '';
    if (command === '') return [];
    const own = node.kind === 'object' ? node : undefined;
    const pattern = own && stringOf(valueOf(own, 'success_pattern'));
    const action = own && stringOf(valueOf(own, 'failure_action'));
    return {
      name: (own && stringOf(valueOf(own, 'name'))) ?? `script-${index + 1}`,
      command,
      ...(pattern === undefined || pattern === '' ? {} : { successPattern: pattern }),
      timeoutMs: own ? timeoutMs(own) : DEFAULT_TIMEOUT_MS,
      retries: (own && count(valueOf(own, 'retries'))) ?? 0,
      // `defer` and `fail` say that nobody shall try to mend it.
      autoFix: action === undefined ? mayFix : mayFix && action === 'auto_fix',
      maxFixes,
    };
  });
}

/** Indexes write `timeout` in seconds. */
function timeoutMs(node: JsonObject): number {
  const seconds = numberOf(valueOf(node, 'timeout'));
  return seconds !== undefined && seconds > 0 ? Math.round(seconds * 1000) : DEFAULT_TIMEOUT_MS;
}

function count(node: JsonNode | undefined): number | undefined {
  const value = numberOf(node);
  return value !== undefined && value >= 0 ? Math.floor(value) : undefined;
}

const booleanOf = (node: JsonNode | undefined) =>
  node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
