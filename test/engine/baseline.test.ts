import { describe, expect, test } from '@jest/globals';
import {
  baselineOf,
  isAccepted,
  judgedNow,
  mendedBetween,
  shrink,
} from '../../lib/engine/baseline.js';
import { oid } from '../../lib/model/ids.js';
import type { CheckResult, Verdict } from '../../lib/model/work.js';

const result = (command: string, more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ name: command, command, outcome: 'failed', flaky: false, exitCode: 1, ms: 1 },
  ...{ log: 'l', logHash: 'h', tail: '' },
  ...more,
});
const passed = (command: string) => result(command, { outcome: 'passed', exitCode: 0 });
const verdict = (...results: CheckResult[]): Verdict => ({
  ...{ tree: oid('t'), key: 'k', cached: false, ms: 1, results },
  colour: results.every(isAccepted) ? 'green' : 'red',
});

const base = baselineOf(
  verdict(result('lint', { known: ['x'] }), passed('build'), result('test', { known: ['a', 'b'] })),
);

describe('known failures', () => {
  test('a failure is accepted when all of it was there before, and nothing else is', () => {
    expect(isAccepted(result('t', { known: ['a'] }))).toBe(true);
    expect(isAccepted(passed('t'))).toBe(true);
    for (const more of [
      {},
      { known: [] },
      { known: ['a'], added: ['b'] },
      { known: ['a'], unnamed: 'it was cut off' },
      { known: ['a'], outcome: 'timed-out' },
    ] as const) {
      expect(isAccepted(result('t', more))).toBe(false);
    }
  });

  test('what has landed without one takes it away for good, and tells which', () => {
    expect(base.map(({ command, failures }) => [command, failures])).toEqual([
      ['lint', ['x']],
      ['test', ['a', 'b']],
    ]);
    const after = shrink(
      base,
      verdict(passed('lint'), result('test', { known: ['b'], exitCode: 2 })),
    );
    expect(after).toEqual([{ command: 'test', exitCode: 2, failures: ['b'] }]);
    expect(mendedBetween(base, after)).toEqual([
      { command: 'lint', failures: ['x'] },
      { command: 'test', failures: ['a'] },
    ]);
    // It never grows, and a command that was not run says nothing.
    expect(shrink(after, verdict(result('test', { known: ['a', 'b'] })))).toMatchObject([
      { failures: ['b'] },
    ]);
    expect(shrink(base, verdict(passed('build')))).toEqual(base);
  });

  test('a verdict that was given before another candidate mended something is judged anew', () => {
    const early = verdict(result('test', { known: ['a', 'b'] }));
    expect(judgedNow(base, early)).toEqual(early);
    const after = shrink(base, verdict(result('test', { known: ['b'] })));
    expect(judgedNow(after, early)).toMatchObject({
      colour: 'red',
      results: [{ known: ['b'], added: ['a'] }],
    });
    expect(judgedNow([], verdict(passed('test'))).colour).toBe('green');
  });
});
