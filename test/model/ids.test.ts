import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { safeName } from '../../lib/model/ids.js';

const HOSTILE = [
  ...[
    '../../etc/passwd',
    '..',
    '.',
    '/',
    '',
    ' ',
    '-rf',
    '--force',
    'a/b',
    'a\\b',
    'a\0b',
    'a\nb',
    'x.lock',
  ],
  ...[
    'HEAD',
    'CON',
    'con',
    'NUL',
    'COM1',
    'refs',
    '@{u}',
    'a..b',
    'A~1',
    'A^',
    'A:B',
    'A?',
    'é',
    'e\u0301',
    '💥',
  ],
  ...[
    'X'.repeat(300),
    'X'.repeat(301),
    'x'.repeat(80),
    'X'.repeat(80),
    'X'.repeat(81),
    '.A',
    'A.',
    'A.-',
  ],
];

const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 120 }), fc.constantFrom(...HOSTILE));

describe('a name for paths and refs', () => {
  test.each(['AUTH-001', 'LLM-CLIENT-002', 'CLI-R001', 'ORCH-014-DUP1', 'A_1', 'V1.2'])(
    '%s stays',
    (id) => {
      expect(safeName(id)).toBe(id);
    },
  );

  test('003-7.3 holds nothing that a shell, git or a file system could take for something else', () => {
    fc.assert(
      fc.property(any, (text) => {
        const name = safeName(text);
        expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/);
        expect(name.length).toBeLessThanOrEqual(80);
        expect(name).not.toMatch(/\.\.|\.lock$|\.$/i);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d|head|index|objects|refs)$/i);
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps different ids apart, also on a disk that ignores case', () => {
    const names = HOSTILE.map((text) => safeName(text).toLowerCase());
    expect(new Set(names).size).toBe(HOSTILE.length);
    for (const [one, other] of [
      ['AUTH-001', 'auth-001'],
      ['Auth-001', 'auth-001'],
      ['A-1', 'A/1'],
      ['A-1', 'A.1'],
    ]) {
      expect(safeName(one!).toLowerCase()).not.toBe(safeName(other!).toLowerCase());
    }
  });
});
