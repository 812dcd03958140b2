import { ticketId, type TicketId } from '../model/ids.js';
import {
  describeNode,
  isGiven,
  numberOf,
  stringOf,
  valueOf,
  type JsonNode,
  type JsonObject,
} from './json-node.js';
import type { Entry } from './entries.js';
import type { Findings } from './findings.js';

/** An id that a ticket names, with the place where it does. */
export interface Link {
  readonly id: TicketId;
  readonly at: number;
}

/** The fields that name other tickets, by what they mean; the first of each is the format's own. */
export const LINK_FIELDS = {
  dependencies: ['dependencies', 'depends_on', 'dependsOn', 'blockedBy', 'blocked_by'],
  blocks: ['blocks'],
  parent: ['parent', 'parent_id'],
  children: ['children'],
  relatedTo: ['relatedTo', 'related_to'],
  discoveredFrom: ['discoveredFrom', 'discovered_from'],
} as const;

/** The ids that a ticket names under one meaning, each once, without `#`. Odd forms are told to `findings`. */
export function readLinks(
  entry: Entry,
  meaning: keyof typeof LINK_FIELDS,
  findings?: Findings,
): readonly Link[] {
  let links: Map<string, Link> | undefined;
  for (const field of LINK_FIELDS[meaning]) {
    const node = valueOf(entry.node, field);
    if (!isGiven(node)) continue;
    for (const item of node.kind === 'array' ? node.items : [node]) {
      const id = linkId(item, entry, field, findings);
      if (id === undefined || links?.has(id)) continue;
      links ??= new Map();
      links.set(id, { id: ticketId(id), at: item.start });
    }
  }
  return links === undefined ? NONE : [...links.values()];
}

/** Most tickets name nobody under most meanings; they need no list of their own. */
const NONE: readonly Link[] = [];

function linkId(
  item: JsonNode,
  entry: Entry,
  field: string,
  findings?: Findings,
): string | undefined {
  const odd = (form: string) =>
    findings?.add({
      severity: 'warning',
      code: 'index/odd-reference',
      offset: item.start,
      message: `${entry.id} names a ticket in "${field}" ${form}; read as its id`,
      hint: 'Write the plain id.',
      ticket: entry.id,
      many: `references are written ${form}`,
    });
  const text = stringOf(item)?.trim();
  if (text?.startsWith('#') && text.length > 1) {
    odd('with a leading "#"');
    return text.slice(1);
  }
  if (text !== undefined && text !== '') return text;
  const inner = item.kind === 'object' ? stringOf(idNode(item))?.trim() : undefined;
  if (inner !== undefined && inner !== '') {
    odd('as an object');
    return inner.replace(/^#(?=.)/, '');
  }
  // An empty string says nothing, as null and [] do.
  if (text === '' || !isGiven(item)) return undefined;
  findings?.add({
    severity: 'error',
    code: 'index/bad-reference',
    offset: item.start,
    message: `${entry.id} has ${describeNode(item)} in "${field}"; expected the id of a ticket`,
    hint: 'Write the id as a string.',
    ticket: entry.id,
    ...(item.kind === 'scalar' ? { value: String(item.value) } : {}),
  });
  // A dependency that cannot be read must block, not vanish.
  const number = numberOf(item);
  return number === undefined ? `(unreadable ${field})` : String(number);
}

const idNode = (object: JsonObject) =>
  valueOf(object, 'id') ?? valueOf(object, 'ticket') ?? valueOf(object, 'ticket_id');
