import { describe, expect, test } from '@jest/globals';
import { ticketId } from '../../lib/model/ids.js';
import type { TicketChange } from '../../lib/model/ticket.js';
import { editIndexText } from '../../lib/tickets/write.js';
import { fixture } from './fixture.js';

const AT = '2026-11-21T08:00:00Z';
const change = (
  ticket: string,
  state: TicketChange['state'],
  rest: Partial<TicketChange> = {},
) => ({
  ticket: ticketId(ticket),
  state,
  at: AT,
  ...rest,
});
const SHA = '0123456789abcdef0123456789abcdef01234567';

/** Lines that only one of the texts has, as a diff would show them. */
function changedLines(before: string, after: string) {
  const minus = (one: string, other: string) => {
    const rest = other.split('\n');
    return one.split('\n').filter((line) => {
      const at = rest.indexOf(line);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
  };
  return { removed: minus(before, after), added: minus(after, before) };
}

describe('writing states into an index', () => {
  test('002-8.2 completing a ticket changes its own lines and nothing else, escapes and line ends included', () => {
    const before = fixture('python-style.json');
    const { text, touched, missing, notes } = editIndexText(before, [
      change('WEB-002', 'COMPLETED', { commit: SHA, branch: 'sage/run' }),
    ]);
    expect({ touched, missing, notes }).toEqual({ touched: ['WEB-002'], missing: [], notes: [] });
    const expected = before
      .replace('"state": "UNPROCESSED"', '"state": "COMPLETED"')
      .replace(
        '"updated": "",',
        `"updated": "${AT}",
      "state_history": [
        {
          "state": "COMPLETED",
          "timestamp": "${AT}"
        }
      ],`,
      )
      .replace(
        '"branch": ""',
        `"branch": "sage/run",
        "commits": [
          "${SHA}"
        ],
        "last_commit": {
          "sha": "${SHA}",
          "timestamp": "${AT}"
        }`,
      );
    expect(text).toBe(expected);
  });

  test('002-8.2 a history is appended to in its own style, and a known short sha is not repeated', () => {
    const before = fixture('python-style.json');
    const commit = '813ce54'.padEnd(40, '0');
    const { text } = editIndexText(before, [
      change('WEB-001', 'COMPLETED', { commit, branch: 'b' }),
    ]);
    expect(changedLines(before, text)).toEqual({
      removed: ['      "updated": "2026-01-02T03:04:05.123456",'],
      added: [
        `      "updated": "${AT}",`,
        '        },',
        '        {',
        '          "state": "COMPLETED",',
        `          "timestamp": "${AT}"`,
      ],
    });
  });

  test('002-8.2 an index without updated, state_history and git gets none of them', () => {
    const before = fixture('jq-style.json');
    const { text } = editIndexText(before, [
      change('CORE-003', 'COMPLETED', { commit: SHA, branch: 'b' }),
    ]);
    const { removed, added } = changedLines(before, text);
    expect(removed).toEqual(['      "state": "UNPROCESSED",']);
    expect(added).toEqual(['      "state": "COMPLETED",']);
    expect(text).toContain('"effort": 2.50,');
  });

  test('a reason is written in the style of the text and goes with its line when the ticket leaves DEFERRED', () => {
    for (const [name, ticket, written] of [
      ['python-style.json', 'WEB-002', '"defer_reason": "caf\\u00e9 \\ud83d\\ude00 \\"closed\\""'],
      ['jq-style.json', 'CORE-002', '"defer_reason": "café 😀 \\"closed\\""'],
    ] as const) {
      const before = fixture(name);
      const reason = 'café 😀 "closed"';
      const deferred = editIndexText(before, [change(ticket, 'DEFERRED', { reason })]).text;
      expect(deferred).toContain(written);
      const again = editIndexText(deferred, [change(ticket, 'UNPROCESSED')]).text;
      expect(again).not.toContain('defer_reason": "caf');
      const direct = editIndexText(before, [change(ticket, 'UNPROCESSED')]).text;
      const withoutHistory = (text: string) =>
        (JSON.parse(text) as { tickets: object[] }).tickets.map((fields) => ({
          ...fields,
          state_history: 0,
        }));
      expect(withoutHistory(again)).toEqual(withoutHistory(direct));
    }
  });

  test("another writer's deferral data is never removed or overwritten", () => {
    const before = fixture('jq-style.json');
    const { text, notes } = editIndexText(before, [
      change('CORE-003', 'DEFERRED', { reason: 'ours' }),
      change('UTIL-004', 'UNPROCESSED'),
    ]);
    expect(text).toContain('"category": "external_blocker"');
    expect(text).toContain('"deferredReason": "no time"');
    expect(notes).toEqual([
      'CORE-003 already has a defer_reason of another form, which stays: ours',
    ]);
  });

  test('002-8.2 map, tabs, CRLF and byte order mark stay', () => {
    const before = fixture('map-bom-crlf.json');
    const { text } = editIndexText(before, [
      change('B-4', 'COMPLETED'),
      change('B-3', 'UNPROCESSED'),
    ]);
    expect(text.startsWith('\ufeff{\r\n\t"tickets"')).toBe(true);
    expect(changedLines(before, text)).toEqual({
      removed: before.split('\n').filter((line) => /^\s*"B-[34]"/.test(line)),
      added: [
        `\t\t"B-3": { "state": "UNPROCESSED", "state_history": [{ "state": "UNPROCESSED", "timestamp": "${AT}" }], "priority": "low", "title": "Three" },\r`,
        `\t\t"B-4": { "state": "COMPLETED", "priority": "urgent", "title": "Four", "state_history": [ { "state": "FAILED", "timestamp": "2026-01-01" }, { "state": "COMPLETED", "timestamp": "${AT}" } ] }\r`,
      ],
    });
  });

  test('a minified index stays minified', () => {
    const { text } = editIndexText(fixture('minified.json'), [
      change('M-1', 'DEFERRED', { reason: 'r' }),
      change('M-2', 'UNPROCESSED'),
    ]);
    expect(text).toBe(
      `{"tickets":[{"id":"M-1","state":"DEFERRED","updated":"${AT}","state_history":[{"state":"DEFERRED","timestamp":"${AT}"}],"defer_reason":"r"},` +
        `{"id":"M-2","state":"UNPROCESSED","updated":"${AT}","state_history":[{"state":"DEFERRED","timestamp":"y"},{"state":"UNPROCESSED","timestamp":"${AT}"}]}]}`,
    );
  });

  test('a ticket that is gone, or stands twice, is named and nothing is written for it', () => {
    const before = '{"tickets": [{"id": "A", "state": "TODO"}, {"id": "A", "state": "TODO"}]}';
    const { text, missing, notes } = editIndexText(before, [
      change('A', 'COMPLETED'),
      change('B', 'COMPLETED'),
    ]);
    expect(text).toBe(before);
    expect(missing).toEqual(['A', 'B']);
    expect(notes).toEqual([
      'A stands twice in the index; nothing was written for it.',
      'B is not in the index any more; nothing was written for it.',
    ]);
  });

  test('two changes of one ticket are written in their order', () => {
    const { text } = editIndexText(fixture('minified.json'), [
      change('M-1', 'IN_PROGRESS', { at: '1' }),
      change('M-1', 'COMPLETED', { at: '2' }),
    ]);
    expect(JSON.parse(text).tickets[0]).toEqual({
      id: 'M-1',
      state: 'COMPLETED',
      updated: '2',
      state_history: [
        { state: 'IN_PROGRESS', timestamp: '1' },
        { state: 'COMPLETED', timestamp: '2' },
      ],
    });
  });

  test('a broken text comes back as it was', () => {
    expect(editIndexText('{"tickets": [', [change('A', 'COMPLETED')])).toMatchObject({
      text: '{"tickets": [',
      missing: ['A'],
    });
  });
});
