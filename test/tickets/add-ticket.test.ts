import { describe, expect, test } from '@jest/globals';
import { addTicketText } from '../../lib/tickets/add-ticket.js';
import { readIndexText } from '../../lib/tickets/read.js';

const ticket = {
  ...{ title: 'Größer "machen"', description: 'one\ntwo', priority: 'P1' },
  ...{ discoveredFrom: 'T-009', report: 'r/1.1', at: '2026-01-01T00:00:00Z' },
};
const ids = (text: string) => readIndexText(text, 'i').tickets.map(({ id }) => id as string);

describe('a ticket that is added to an index', () => {
  test.each([
    [
      'on lines',
      '{\n  "tickets": [\n    {\n      "id": "T-009",\n      "x": 1.50\n    }\n  ],\n  "n": 1\n}\n',
    ],
    ['on one line', '{"tickets":[{"id":"T-009","x":1.50}],"n":1}'],
    [
      'with Windows line ends',
      '{\r\n\t"tickets": [\r\n\t\t{\r\n\t\t\t"id": "T-009",\r\n\t\t\t"a": 1\r\n\t\t}\r\n\t]\r\n}',
    ],
    [
      'as a map',
      '{\n  "tickets": {\n    "T-009": {\n      "id": "T-009",\n      "a": []\n    }\n  }\n}\n',
    ],
    ['without any', '{\n  "tickets": []\n}\n'],
  ])('001-6.6 %s: every other byte stays, and it is read as it was meant', (_, before) => {
    const { text, id, wasThere } = addTicketText(before, ticket);
    expect([wasThere, ids(text)]).toEqual([false, [...ids(before), id]]);
    const added = readIndexText(text, 'i').tickets.at(-1);
    expect(added).toMatchObject({ title: ticket.title, description: 'one\ntwo', priority: 1 });
    let kept = 0;
    for (const character of text) if (character === before[kept]) kept += 1;
    expect(kept).toBe(before.length);
    expect(text.includes('\r\n')).toBe(before.includes('\r\n'));
    expect(addTicketText(text, ticket)).toEqual({ text, id, wasThere: true });
  });

  test.each([
    ['the next of the series, as wide', ['T-009', 'T-2'], 'T-010'],
    ['behind the highest, however it is spelled', ['T-009', 't-041'], 'T-042'],
    ['of the series of another that has it', ['T-009', 'U-100'], 'T-010'],
  ])('its id is %s', (_, there, id) => {
    const text = JSON.stringify({ tickets: there.map((one) => ({ id: one })) });
    expect(addTicketText(text, ticket).id).toBe(id);
  });

  test('its id is unique where ids have no numbers', () => {
    const text = JSON.stringify({ tickets: [{ id: 'login' }, { id: 'login-2' }] });
    expect(addTicketText(text, { ...ticket, discoveredFrom: 'login' }).id).toBe('login-3');
  });
});
