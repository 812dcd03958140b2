import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ticketId } from '../../lib/model/ids.js';
import type { TicketChange } from '../../lib/model/ticket.js';
import { editIndexText } from '../../lib/tickets/write.js';

const IDS = ['A-1', 'A-2', 'B-1', 'LLM-CLIENT-002', 'é-3'];
const OURS = new Set(['state', 'updated', 'updated_at', 'state_history', 'defer_reason', 'git']);

const stamp = fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-02T00:00:00Z', '');
const state = fc.constantFrom('UNPROCESSED', 'IN_PROGRESS', 'COMPLETED', 'DEFERRED');
const words = fc.string({ unit: 'grapheme', maxLength: 12 });
const unknown = fc.dictionary(
  fc.constantFrom('docs', 'github', 'x', 'naïve', 'tasks', 'notes'),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 3 },
);
const ours = fc.record(
  {
    state: fc.oneof(state, fc.constant('TODO')),
    updated: fc.oneof(stamp, fc.constant(null)),
    updated_at: stamp,
    state_history: fc.oneof(
      fc.array(fc.record({ state, timestamp: stamp }), { maxLength: 3 }),
      fc.constant(null),
    ),
    defer_reason: fc.oneof(words, fc.constant({ category: 'user_rejected' })),
    deferReason: words,
    git: fc.oneof(
      fc.record(
        { commits: fc.array(words, { maxLength: 2 }), branch: words },
        { requiredKeys: [] },
      ),
      fc.record({ commit: words, last_commit: fc.record({ sha: words, message: words }) }),
      fc.constant(null),
    ),
  },
  { requiredKeys: [] },
);
const ticket = fc.tuple(ours, unknown, fc.infiniteStream(fc.nat())).map(([known, rest, order]) => {
  const entries = Object.entries({ ...known, ...rest }).map((entry) => ({
    entry,
    at: order.next().value ?? 0,
  }));
  return Object.fromEntries(
    entries.sort((one, other) => one.at - other.at).map(({ entry }) => entry),
  );
});

/** One object per line would be a third style; spacing inside the braces is a fourth. */
const STYLES: readonly ((value: unknown) => string)[] = [
  (value) => JSON.stringify(value, null, 2),
  (value) => JSON.stringify(value, null, 2) + '\n',
  (value) => JSON.stringify(value, null, '\t') + '\n',
  (value) => '\ufeff' + JSON.stringify(value, null, 4).replaceAll('\n', '\r\n') + '\r\n',
  (value) => JSON.stringify(value),
  (value) =>
    JSON.stringify(value, null, 2).replace(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
];

const index = fc
  .tuple(fc.array(ticket, { minLength: 1, maxLength: 5 }), fc.boolean(), fc.constantFrom(...STYLES))
  .map(([tickets, isMap, style]) => {
    const named = tickets.map((fields, at) => ({ id: IDS[at] ?? '', ...fields }));
    const shown = isMap
      ? Object.fromEntries(named.map(({ id, ...fields }) => [id, fields]))
      : named;
    return style({ version: '1.0', total: 3, tickets: shown, metadata: {} });
  });

const change = fc
  .record(
    {
      ticket: fc.constantFrom(...IDS).map(ticketId),
      state,
      at: fc.constantFrom('2026-03-03T00:00:00Z', '2026-04-04T00:00:00Z'),
      reason: words,
      commit: fc.constantFrom('a'.repeat(40), 'b'.repeat(40)),
      branch: fc.constant('sage/run'),
    },
    { requiredKeys: ['ticket', 'state', 'at'] },
  )
  .map((fields) => fields as TicketChange);

const landed = (id: string): TicketChange => ({
  ticket: ticketId(id),
  state: 'COMPLETED',
  at: '2026-03-03T00:00:00Z',
  commit: 'a'.repeat(40),
});

type Fields = Record<string, unknown>;
const parse = (text: string) => JSON.parse(text.replace(/^\ufeff/, '')) as Fields;
const ticketsOf = (text: string): [string, Fields][] => {
  const { tickets } = parse(text) as { tickets: Fields[] | Record<string, Fields> };
  return Array.isArray(tickets)
    ? tickets.map((fields) => [fields['id'] as string, fields])
    : Object.entries(tickets);
};
const without = (fields: Fields) =>
  JSON.stringify(Object.entries(fields).filter(([key]) => !OURS.has(key)));

describe('editing any index in any style', () => {
  test('002-8.2 changes exactly the fields of ours of exactly the touched tickets, keeping order', () => {
    fc.assert(
      fc.property(index, fc.array(change, { maxLength: 3 }), (before, changes) => {
        const { text, touched } = editIndexText(before, changes);
        const was = ticketsOf(before);
        const is = ticketsOf(text);
        expect(is.map(([id]) => id)).toEqual(was.map(([id]) => id));
        expect(JSON.stringify({ ...parse(text), tickets: 0 })).toBe(
          JSON.stringify({ ...parse(before), tickets: 0 }),
        );
        is.forEach(([id, fields], at) => {
          const old = was[at]?.[1] ?? {};
          expect(without(fields)).toBe(without(old));
          const last = changes.findLast((one) => one.ticket === id);
          if (!touched.some((name) => name === id)) expect(fields).toEqual(old);
          if (!last) {
            expect(fields).toEqual(old);
            return;
          }
          expect(fields['state']).toBe(last.state);
          if ('updated' in old) expect(fields['updated']).toBe(last.at);
          if (
            last.state === 'DEFERRED' &&
            last.reason !== undefined &&
            typeof old['defer_reason'] !== 'object'
          ) {
            expect(fields['defer_reason']).toBe(last.reason);
          }
          if (last.state !== 'DEFERRED') expect(typeof fields['defer_reason']).not.toBe('string');
          if (Array.isArray(old['state_history'])) {
            const history = fields['state_history'] as object[];
            expect(history.slice(0, old['state_history'].length)).toEqual(old['state_history']);
            expect(history).toContainEqual({ state: last.state, timestamp: last.at });
          }
        });
      }),
      { numRuns: 600 },
    );
  });

  test('002-8.2 touches only lines of the touched tickets', () => {
    fc.assert(
      fc.property(index, change, (before, one) => {
        const { text } = editIndexText(before, [one]);
        const [head, tail] = frame(before, text);
        // What is left between the common head and tail lies inside the ticket's own text.
        const changed = before.slice(head, before.length - tail);
        for (const [id] of ticketsOf(before)) {
          if (id !== one.ticket) expect(changed).not.toContain(JSON.stringify(id));
        }
        expect(text.endsWith('\n')).toBe(before.endsWith('\n'));
        expect(/[^\r]\n/.test(text)).toBe(/[^\r]\n/.test(before));
      }),
      { numRuns: 400 },
    );
  });

  test('the same changes a second time change nothing', () => {
    fc.assert(
      fc.property(index, fc.array(change, { maxLength: 3 }), (before, changes) => {
        const { text } = editIndexText(before, changes);
        expect(editIndexText(text, changes).text).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  test('a git object that is still empty shows the first time what its index is used to', () => {
    const before = '{"tickets":[{"id":"A-1"},{"id":"A-2","git":{}}]}';
    const changes = [landed('A-1'), landed('A-2')];
    const { text } = editIndexText(before, changes);
    expect(ticketsOf(text).map(([, { git }]) => git)).toEqual([
      { commits: ['a'.repeat(40)] },
      { commits: ['a'.repeat(40)] },
    ]);
    expect(editIndexText(text, changes).text).toBe(text);
  });

  test('002-8.2 no change leaves every byte', () => {
    fc.assert(
      fc.property(index, (before) => {
        expect(editIndexText(before, []).text).toBe(before);
      }),
    );
  });
});

/** Lengths of the common beginning and of the common end. */
function frame(before: string, after: string): readonly [number, number] {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [head, tail];
}
