import { describe, expect, test } from '@jest/globals';
import { littleMemory } from '../../lib/cli/validate/memory-check.js';

const GIB = 1024 ** 3;

describe('sage validate about memory', () => {
  test('warns when as many as the plan has work for would need more than is free, and says how many fit', () => {
    expect(littleMemory('opencode', 3, 2 * GIB)).toBeUndefined();
    expect(littleMemory('opencode', 4, 2 * GIB)).toMatchObject({
      severity: 'warning',
      code: 'agent/little-memory',
      message: '4 agents at once would take about 2080 MiB (OpenCode: 520 each), and 2048 are free',
      hint: expect.stringContaining('--parallel=3'),
    });
    expect(littleMemory('opencode', 1, 100)?.hint).toContain('--parallel=1');
  });

  test('says nothing of a CLI that takes little', () => {
    expect(littleMemory('claude', 8, 1)).toBeUndefined();
  });
});
