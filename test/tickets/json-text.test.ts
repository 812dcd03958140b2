import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonText } from '../../lib/tickets/json-text.js';
import type { JsonNode } from '../../lib/tickets/json-node.js';

function plain(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(plain);
  const object: Record<string, unknown> = {};
  for (const { key, value } of node.members) {
    // As JSON.parse does: `__proto__` is a key like any other.
    Object.defineProperty(object, key, {
      value: plain(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

describe('the JSON reader', () => {
  test('reads every JSON value as JSON.parse does, in any indentation', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { root, problems } = parseJsonText(text);
        expect(problems).toEqual([]);
        expect(plain(root!)).toEqual(JSON.parse(text));
        expect(text.slice(root!.start, root!.end)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('accepts and refuses the same texts as JSON.parse', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '\\',
        '\\u00e',
        '\\"',
        '-',
        '0',
        '01',
        '1.',
        '.5',
        '1e',
        'e3',
      ],
      ...['true', 'nul', ' ', '\n', '\u0001', '/', "'", '\\\\', '\\x', '\u00a0'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let isValid = true;
        try {
          JSON.parse(text);
        } catch {
          isValid = false;
        }
        expect(parseJsonText(text).root !== undefined).toBe(isValid);
      }),
      { numRuns: 3000 },
    );
  });

  test('knows where keys and values stand', () => {
    const text = '\ufeff{ "a" : [1, "x"] }';
    const { root } = parseJsonText(text);
    const member = root?.kind === 'object' ? root.members[0] : undefined;
    expect(text.slice(member!.keyStart, member!.keyEnd)).toBe('"a"');
    expect(text.slice(member!.value.start, member!.value.end)).toBe('[1, "x"]');
  });

  test.each([
    ['', 0, /empty/, /./],
    ['{"a": 1,}', 8, /expected a key/, /comma/],
    ['[1, 2,]', 6, /expected a value/, /comma/],
    ['{"a": 1', 7, /ends here; expected "," or "}"/, /cut off/],
    ['{"a" 1}', 5, /":" after the key "a"/, /./],
    ['{"a": 1 "b": 2}', 8, /found/, /comma is probably missing/],
    ['["a\nb"]', 3, /line break inside a string/, /./],
    ['["\\q"]', 2, /no escape/, /./],
    ['{\n<<<<<<< HEAD\n}', 2, /expected a key/, /merge/],
    ['[NaN]', 1, /found "NaN"/, /not JSON/],
    ['[1] x', 4, /end of the text/, /./],
    ['{ // no\n}', 2, /expected a key/, /no comments/],
  ])('says what is wrong with %j', (text, offset, message, hint) => {
    const problem = parseJsonText(text).problems.at(-1);
    expect(problem?.offset).toBe(offset);
    expect(problem?.message).toMatch(message);
    expect(problem?.hint ?? '-').toMatch(hint);
  });

  test.each(['[', '{"a":'])('a hundred thousand times %j is a finding, not a crash', (bracket) => {
    const { root, problems } = parseJsonText(bracket.repeat(100_000));
    expect(root).toBeUndefined();
    expect(problems.map(({ kind }) => kind)).toEqual(['too-deep']);
  });

  test.each([3, 60])(
    'a key that stands twice among %i is told, and the last one counts',
    (size) => {
      const members = Array.from({ length: size }, (_, index) => `"k${index}": ${index}`);
      const { root, problems } = parseJsonText(`{${members.join(',')}, "k1": "last"}`);
      expect(problems.map(({ kind }) => kind)).toEqual(['duplicate-key']);
      expect(plain(root!)).toMatchObject({ k1: 'last' });
    },
  );
});
