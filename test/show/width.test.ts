import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { width } from '../../lib/show/width.js';

describe('the columns of a text', () => {
  test('are those that the terminals take, for each Latin letter, sign and mark, and beside others', () => {
    const wrong: string[] = [];
    for (let code = 0x20; code < 0x3100; code += 1) {
      const character = String.fromCharCode(code);
      for (const text of [character, `a${character}→`]) {
        if (width(text) !== stringWidth(text)) wrong.push(`${code.toString(16)} in ${text}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('sequences of several characters are counted as one sign', () => {
    expect(width('©️')).toBe(2);
    expect(width('e\u0301')).toBe(1);
    expect(width('👩‍👩‍👧 → ä…')).toBe(7);
  });
});
