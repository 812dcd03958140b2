import { ticketId, type TicketId } from '../model/ids.js';
import type { Ticket, TicketDocument } from '../model/ticket.js';
import type { Entry } from './entries.js';
import type { Findings } from './findings.js';
import {
  describeNode,
  isGiven,
  itemsOf,
  stringOf,
  textOf,
  valueOf,
  type JsonNode,
  type JsonObject,
} from './json-node.js';
import { readEffort } from './read-effort.js';
import { readLinks } from './read-links.js';
import { readScripts, readSubtasks, subtaskNodes } from './read-scripts.js';
import { readDeferReason, readState } from './read-state.js';
import { DEFAULT_PRIORITY, priorityOf } from './words.js';

/** The one string object that stands for an id wherever the tickets of an index name it. */
export type KnownIds = Map<string, TicketId>;

/** Normalises one entry of an index to a ticket. What had to be guessed is told to `findings`. */
export function readTicket(
  entry: Entry,
  file: string,
  findings: Findings,
  known: KnownIds = new Map(),
): Ticket {
  const { node, id } = entry;
  const text = (key: string) => stringOf(valueOf(node, key))?.trim();
  const ids = (meaning: Parameters<typeof readLinks>[1]) => {
    const links = readLinks(entry, meaning, findings);
    return links.length === 0 ? NOBODY : links.map((link) => oneOf(link.id, known));
  };
  const type = text('type')?.toLowerCase() ?? '';
  const parent = ids('parent')[0];
  const { state, unreadable } = readState(entry, findings);
  const { points, hours } = readEffort(node);
  const deferReason = unreadable ?? readDeferReason(node);
  const agent = text('agent');
  const ticket: Draft = {
    id: oneOf(ticketId(id), known),
    title: notEmpty(text('title')) ?? notEmpty(text('summary')) ?? id,
    state,
    priority: readPriority(entry, findings),
    type,
    validationType: notEmpty(text('validation_type'))?.toLowerCase() ?? 'generic',
    description: text('description') ?? '',
    acceptanceCriteria: joined(
      strings(valueOf(node, 'acceptanceCriteria')),
      strings(valueOf(node, 'acceptance_criteria')),
    ),
    dependencies: ids('dependencies'),
    blocks: ids('blocks'),
    children: ids('children'),
    component: notEmpty(text('component')) ?? componentOf(id),
    documents: readDocuments(node),
    files: readFiles(node),
    subtasks: readSubtasks(node),
    scripts: readScripts(node),
    isHistory: type === 'lightweight' || type === 'legacy',
    where: { file, ...findings.place(node.start) },
  };
  if (parent !== undefined) ticket.parent = parent;
  if (points !== undefined) ticket.effortPoints = points;
  if (hours !== undefined) ticket.effortHours = hours;
  if (agent !== undefined && agent !== '') ticket.agent = agent;
  const forceModel = readForceModel(node);
  if (forceModel !== undefined) ticket.forceModel = forceModel;
  if (deferReason !== undefined) ticket.deferReason = deferReason;
  return ticket;
}

function readForceModel(node: JsonObject): string | undefined {
  const metadata = valueOf(node, 'metadata');
  const own = stringOf(valueOf(node, 'force_model'));
  const below =
    metadata?.kind === 'object' ? stringOf(valueOf(metadata, 'force_model')) : undefined;
  return notEmpty((own ?? below)?.trim());
}

type Draft = { -readonly [Key in keyof Ticket]: Ticket[Key] };

function readPriority({ node, id }: Entry, findings: Findings) {
  const given = valueOf(node, 'priority');
  // That it is missing is for `validate` to tell.
  if (!isGiven(given)) return DEFAULT_PRIORITY;
  const word =
    stringOf(given) ??
    (given.kind === 'scalar' && typeof given.value === 'number' ? `P${given.value}` : undefined);
  const meaning = word === undefined ? undefined : priorityOf(word);
  const value =
    stringOf(given) ?? (given.kind === 'scalar' ? String(given.value) : describeNode(given));
  const priority = meaning?.value ?? DEFAULT_PRIORITY;
  if (meaning?.isExact !== true || stringOf(given) === undefined) {
    findings.add({
      severity: 'warning',
      code: 'index/odd-priority',
      offset: given.start,
      message: `the priority of ${id} is ${JSON.stringify(value)}; read as P${priority}`,
      hint: 'Write P0 (most urgent) to P4.',
      value,
      ticket: id,
      many: `tickets have the priority ${JSON.stringify(value)}, read as P${priority}`,
    });
  }
  return priority;
}

/** Roles as upstream names them; real indexes write some in the plural or at the top of the ticket. */
const ROLES: Readonly<Record<string, string>> = {
  specs: 'spec',
  plans: 'plan',
  task: 'tasks',
  file: 'ticket',
};

function readDocuments(ticket: JsonObject): readonly TicketDocument[] {
  let found: Map<string, TicketDocument> | undefined;
  const take = (key: string, node: JsonNode | undefined) => {
    for (const path of strings(node)) {
      const role = Object.hasOwn(ROLES, key) ? (ROLES[key] ?? key) : key;
      found ??= new Map();
      if (!found.has(path)) found.set(path, { role, path });
    }
  };
  for (const holder of [valueOf(ticket, 'docs'), valueOf(ticket, 'context')]) {
    if (holder?.kind !== 'object') continue;
    for (const { key, value } of holder.members) take(key, value);
  }
  for (const key of ['spec', 'plan', 'file']) take(key, valueOf(ticket, key));
  return found === undefined ? NO_DOCUMENTS : [...found.values()];
}

const NO_DOCUMENTS: readonly TicketDocument[] = [];

function readFiles(ticket: JsonObject): readonly string[] {
  const items = itemsOf(valueOf(ticket, 'targetFiles'));
  const steps = subtaskNodes(ticket);
  if (items.length + steps.length === 0) return NO_STRINGS;
  const found = new Set<string>();
  for (const item of items) {
    for (const path of strings(item.kind === 'object' ? valueOf(item, 'path') : item)) {
      found.add(path);
    }
  }
  for (const step of steps) for (const path of strings(valueOf(step, 'files'))) found.add(path);
  return [...found];
}

const componentOf = (id: string) => {
  const hyphen = id.lastIndexOf('-');
  return hyphen > 0 ? id.slice(0, hyphen) : id;
};

/** The non-empty strings of an array, or a string alone. */
function strings(node: JsonNode | undefined): readonly string[] {
  if (node === undefined) return NO_STRINGS;
  if (node.kind === 'array') return node.items.flatMap((item) => textOf(item) ?? []);
  const text = textOf(node);
  return text === undefined ? NO_STRINGS : [text];
}

/** Most lists of most tickets are empty; they need no list of their own. */
const NO_STRINGS: readonly string[] = [];
const NOBODY: readonly TicketId[] = [];

const joined = (one: readonly string[], other: readonly string[]) =>
  other.length === 0 ? one : [...one, ...other];

function oneOf(id: TicketId, known: KnownIds): TicketId {
  const one = known.get(id);
  if (one !== undefined) return one;
  known.set(id, id);
  return id;
}

const notEmpty = (text: string | undefined) => (text === '' ? undefined : text);
