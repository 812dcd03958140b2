import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { stringify } from 'yaml';
import { parseConfig } from '../../lib/config/parse.js';
import { encodeLine, NO_SUM } from '../../lib/journal/line.js';
import { parseJournal } from '../../lib/journal/read.js';
import type { RunEvent } from '../../lib/model/event.js';
import { readIndexText } from '../../lib/tickets/read.js';
import { editIndexText } from '../../lib/tickets/write.js';
import { chance } from '../engine/fate.js';
import { planned, ticket } from '../engine/plans.js';
import { live } from '../engine/world.js';
import { ticketIndexText } from '../rig/tickets.js';
import { mutateBytes, mutateValue, type Random } from './mutate.js';

/** Something that reads what others wrote. */
export interface Target {
  readonly name: string;
  /** Draws an input near a sound one. */
  readonly draw: (random: Random) => Buffer;
  /** What is wrong with how it is read; throws when the reader does. */
  readonly check: (input: Buffer) => readonly string[];
}

const AT = '2026-01-01T00:00:00Z';

const INDEX = ticketIndexText([
  { id: 'T-1', docs: { spec: 'spec.md' }, git: { branch: '', commits: [] } },
  { id: 'T-2', dependencies: ['T-1'], priority: 'P0', effort: '3 points', tasks: [{ id: 'a' }] },
  { id: 'E-1', type: 'epic', children: ['T-1', 'T-2'], state: 'IN_PROGRESS' },
  {
    id: 'T-3',
    blocks: ['T-2'],
    validation_config: { verification_scripts: [{ name: 'x', command: 'true' }] },
  },
  { id: 'T-4', state: 'DEFERRED', defer_reason: { reason: 'né', deferred_at: AT } },
]);

/** The reader's word against JSON.parse's: what is usable must be JSON, and an edit must touch its ticket only. */
const index: Target = {
  name: 'index',
  draw(random) {
    if (random() < 0.4) return mutateBytes(Buffer.from(INDEX), random);
    let value: unknown = JSON.parse(INDEX);
    for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1)
      value = mutateValue(value, random);
    const text = Buffer.from(JSON.stringify(value, null, Math.floor(random() * 3)));
    return random() < 0.2 ? mutateBytes(text, random) : text;
  },
  check(input) {
    const text = input.toString('utf8');
    const read = readIndexText(text, 'index.json');
    if (!read.isUsable) return [];
    const value = parsed(text);
    if (value === undefined) return ['it is usable and no JSON'];
    const first = read.tickets[0];
    if (!first) return [];
    const change = { ticket: first.id, state: 'DEFERRED' as const, at: AT, reason: 'fuzz' };
    const edited = editIndexText(text, [change]);
    const faults: string[] = [];
    if (edited.missing.length > 0) {
      return edited.text === text ? [] : ['a ticket without a place was written'];
    }
    if (parsed(edited.text) === undefined) faults.push('the edit is no JSON');
    const again = readIndexText(edited.text, 'index.json');
    if (again.tickets[0]?.state !== 'DEFERRED') faults.push('the edit is not read back');
    if (again.tickets.length !== read.tickets.length) faults.push('the edit changed the tickets');
    if (!isDeepStrictEqual(untouched(again.tickets.slice(1)), untouched(read.tickets.slice(1)))) {
      faults.push('the edit reached another ticket');
    }
    if (editIndexText(edited.text, [change]).text !== edited.text)
      faults.push('done twice it differs');
    return faults;
  },
};

/** Places move with the lines that are added. */
const untouched = (tickets: readonly object[]) =>
  tickets.map(
    (one) =>
      JSON.parse(
        JSON.stringify(one, (key, value: unknown) => (key === 'where' ? undefined : value)),
      ) as unknown,
  );

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

const CONFIG = {
  agent: 'scripted',
  agents: {
    scripted: { kind: 'command', command: ['x', '--y'], prompt: 'stdin', environment: ['A'] },
  },
  verify: ['npm test', 'true'],
  parallel: 3,
  schedule: 'rolling',
  limits: { ticketMinutes: 10, maxCostUsd: 1.5 },
  setup: { run: ['npm ci'], copy: ['.env'] },
  conflicts: { attempts: 1 },
  retry: { on: ['rate_limit'], attempts: 1 },
  land: { commits: 'squash' },
};

/** What is accepted says the same when it is written down and read again. */
const config: Target = {
  name: 'config',
  draw(random) {
    const bytes = Buffer.from(stringify(CONFIG));
    if (random() < 0.5) return mutateBytes(bytes, random);
    let value: unknown = CONFIG;
    for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1)
      value = mutateValue(value, random);
    const text = Buffer.from(stringify(value));
    return random() < 0.2 ? mutateBytes(text, random) : text;
  },
  check(input) {
    const read = parseConfig(input.toString('utf8'));
    if (!read.config) return read.diagnostics.length > 0 ? [] : ['refused without a word'];
    if (read.diagnostics.some(({ severity }) => severity === 'critical' || severity === 'error')) {
      return ['accepted with faults'];
    }
    const again = parseConfig(stringify(read.config));
    return isDeepStrictEqual(again.config, read.config) ? [] : ['it does not round-trip'];
  },
};

const EVENTS: readonly RunEvent[] = live(
  planned(['A', 'B', 'C'].map((id, order) => ticket(id, { order }))),
  chance(1),
).events.slice(0, 25);
const LINES: readonly string[] = chained(EVENTS);

function chained(events: readonly RunEvent[]): string[] {
  let last = NO_SUM;
  return events.map((event) => {
    const { text, sum } = encodeLine(event, last);
    last = sum;
    return text;
  });
}

/** A journal reads as exactly its beginning, short of the last record at most, or is refused. */
const journal: Target = {
  name: 'journal',
  draw(random) {
    const whole = Buffer.from(LINES.join(''));
    if (random() < 0.4) return mutateBytes(whole, random);
    const lines = [...LINES];
    const at = Math.floor(random() * lines.length);
    const change = Math.floor(random() * 6);
    if (change === 0) lines.splice(at, 1);
    else if (change === 1) lines.splice(at, 0, lines[at]!);
    else if (change === 2) lines.splice(at, 2, lines[at + 1] ?? '', lines[at]!);
    else if (change === 3)
      lines[at] = resummed(random() < 0.5 ? '{"v":2,"seq":' : '{"v":2,x', LINES[at - 1]);
    else if (change === 4) lines[at] = encodeLine({ ...EVENTS[at]!, v: 3 as 2 }, NO_SUM).text;
    else lines[at] = `${JSON.stringify(mutateValue(JSON.parse(lines[at]!), random))}\n`;
    return Buffer.from(lines.join(''));
  },
  check(input) {
    const read = parseJournal(input, 'journal');
    if (!read.ok) return [];
    const { events, wholeBytes } = read.value;
    const faults: string[] = [];
    const isBeginning = events.every((event, at) => isDeepStrictEqual(bare(event), plain[at]));
    if (!isBeginning) faults.push('a changed record was accepted');
    if (
      !input.subarray(0, wholeBytes).equals(Buffer.from(LINES.slice(0, events.length).join('')))
    ) {
      faults.push('the whole bytes are not those of the records');
    }
    const rest = input.subarray(wholeBytes);
    const lineEnd = rest.indexOf(0x0a);
    if (lineEnd >= 0 && lineEnd < rest.length - 1) faults.push('more than one record was dropped');
    return faults;
  },
};

const bare = (event: RunEvent) => ({ ...event, sum: undefined });
const plain = EVENTS.map((event) => bare(JSON.parse(JSON.stringify(event)) as RunEvent));

/** A line that is no JSON, with the sum that it needs at its place. */
function resummed(body: string, previous = ''): string {
  const sum = /"sum":"(\w+)"/.exec(previous)?.[1] ?? NO_SUM;
  const right = createHash('sha256').update(sum).update(body).digest('hex').slice(0, 16);
  return `${body},"sum":"${right}"}\n`;
}

export const targets: readonly Target[] = [index, config, journal];
