import { describe, expect, test } from '@jest/globals';
import type { TicketChange } from '../../lib/model/ticket.js';
import { checkIndex } from '../../lib/tickets/check-index.js';
import { readIndexText } from '../../lib/tickets/read.js';
import { editIndexText } from '../../lib/tickets/write.js';
import { listed, read, readBytes } from './indexes.js';

test('there are nine real indexes', () => {
  expect(listed).toHaveLength(9);
});

describe.each(listed)('the real index $file', ({ file, tickets: count, states }) => {
  const text = read(file);
  const index = readIndexText(text, file);

  test('is usable, and the reader takes all of it without a word', () => {
    expect(index.isUsable).toBe(true);
    expect(index.diagnostics).toEqual([]);
    expect(index.tickets).toHaveLength(count);
    const counted: Record<string, number> = {};
    for (const { state } of index.tickets) counted[state] = (counted[state] ?? 0) + 1;
    expect(counted).toEqual(states);
  });

  test('has no errors for `validate`, and those of strictness only are told in at most thirty lines', () => {
    const serious = checkIndex(index, { strict: false }).filter(
      ({ severity }) => severity === 'error' || severity === 'critical',
    );
    expect(serious).toEqual([]);
    expect(checkIndex(index, { strict: true }).length).toBeLessThanOrEqual(30);
  });

  test('002-8.2 an edit without changes is identical to the byte', () => {
    expect(editIndexText(text, []).text).toBe(text);
    expect(Buffer.from(text, 'utf8').equals(readBytes(file))).toBe(true);
  });

  test.each(['IN_PROGRESS', 'COMPLETED', 'DEFERRED'] as const)(
    '002-8.2 setting any ticket to %s changes lines of that ticket only',
    (state) => {
      const starts = index.tickets.map(({ where }) => (where.line ?? 1) - 1);
      const before = text.split('\n');
      const step = Math.max(1, Math.floor(count / 12));
      for (let at = 0; at < count; at += step) {
        const ticket = index.tickets[at]!.id;
        const change: TicketChange = {
          ...{ ticket, state, at: '2026-11-21T08:00:00Z', reason: 'because – ü' },
          ...{ commit: 'c'.repeat(40), branch: 'sage/run' },
        };
        const edited = editIndexText(text, [change]);
        expect(edited).toMatchObject({ touched: [ticket], missing: [], notes: [] });
        const after = edited.text.split('\n');
        const from = starts[at]!;
        const behind = before.length - (starts[at + 1] ?? endOfTickets(before, from));
        expect(after.slice(0, from)).toEqual(before.slice(0, from));
        expect(after.slice(after.length - behind)).toEqual(before.slice(before.length - behind));
        expect(fieldsOf(edited.text)[at]).toMatchObject({ id: ticket, state });
        expect(editIndexText(edited.text, [change]).text).toBe(edited.text);
      }
    },
  );
});

const fieldsOf = (text: string) => (JSON.parse(text) as { tickets: object[] }).tickets;

/** The line behind the last ticket: the first one that closes the array at its indentation. */
const endOfTickets = (lines: readonly string[], from: number) =>
  lines.findIndex((line, at) => at > from && /^ {2}\]/.test(line));
