import { describe, expect, test } from '@jest/globals';
import { diagnosticsText, failuresText } from '../../lib/show/diagnostics-text.js';

const plain = { hasColour: false };

describe('failures and diagnostics as text', () => {
  test('a failure tells place, message, code, way out, evidence and cause', () => {
    expect(
      failuresText(
        [
          {
            code: 'git/failed',
            message: 'git could not do it.',
            hint: 'Try this.',
            where: { file: 'a.txt', line: 3, column: 7 },
            evidence: 'first\nsecond\n',
            cause: { code: 'internal/bug', message: 'The disk is full.', hint: 'Make room.' },
          },
        ],
        plain,
      ),
    ).toBe(
      [
        'error a.txt:3:7: git could not do it. git/failed',
        '  → Try this.',
        '  │ first',
        '  │ second',
        '  because: error The disk is full. internal/bug',
        '    → Make room.',
      ].join('\n'),
    );
  });

  test('text of others cannot write to the terminal nor break out of its line', () => {
    const text = failuresText(
      [
        {
          code: 'index/invalid',
          message: 'the id "\u001b[31mT\r1\u202e" is odd',
          evidence: '\u001b]0;owned\u0007line\rover',
        },
      ],
      plain,
    );
    expect(text).toBe('error the id "T 1" is odd index/invalid\n  │ line over');
  });

  test('further lines of a message and of a way out stay lines', () => {
    expect(
      failuresText(
        [{ code: 'plan/all-blocked', message: 'None:\n  T-1: x', hint: 'Either\n  or' }],
        plain,
      ),
    ).toBe('error None: plan/all-blocked\n  T-1: x\n  → Either\n    or');
  });

  test('a diagnostic shows its value unless the message has it', () => {
    const common = { code: 'index/x', where: { file: 'i.json', line: 2 } };
    expect(
      diagnosticsText(
        [
          { ...common, severity: 'warning', message: 'Odd.', value: '"P9"', hint: 'Mend it.' },
          { ...common, severity: 'information', message: 'P9 is odd.', value: '"P9"' },
          { ...common, severity: 'critical', message: 'Bad.' },
        ],
        plain,
      ),
    ).toBe(
      [
        'warning i.json:2: Odd. ("P9") index/x',
        '  → Mend it.',
        'note i.json:2: P9 is odd. index/x',
        'error i.json:2: Bad. index/x',
      ].join('\n'),
    );
  });

  test('colour is there only where it is wanted', () => {
    const failure = { code: 'usage/invalid', message: 'm' } as const;
    expect(failuresText([failure], { hasColour: true })).toContain('\u001b[31m');
    expect(failuresText([failure], plain)).not.toContain('\u001b');
  });
});
