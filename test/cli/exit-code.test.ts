import { describe, expect, test } from '@jest/globals';
import { strongest } from '../../lib/cli/exit-code.js';

describe('exit codes', () => {
  test.each([
    [[], 0],
    [[0, 1], 1],
    [[1, 3], 3],
    [[4, 3, 1], 4],
    [[70, 4], 70],
    [[130, 70, 0], 130],
  ])('of %j the strongest is %i', (codes, code) => {
    expect(strongest(codes)).toBe(code);
  });
});
