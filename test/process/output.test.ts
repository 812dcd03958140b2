import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter } from '../../lib/process/line-splitter.js';
import { openOutputLog } from '../../lib/process/output-log.js';
import { OutputTail } from '../../lib/process/output-tail.js';
import { plainText } from '../../lib/process/plain-text.js';
import { startWatchdog } from '../../lib/process/watchdog.js';

/** Cuts bytes at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

test('lines do not depend on how the output is cut into chunks', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'ü', '😀', '\n', '\r\n'), maxLength: 60 });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      for (const piece of pieces(Buffer.from(text), cuts)) splitter.add(piece);
      splitter.end();
      const expected = text.split(/\r?\n/);
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
    }),
  );
});

test('of a line longer than 1 MiB the first 1 MiB is handed out, and the next line is whole', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (let count = 0; count < 40; count += 1) splitter.add(Buffer.alloc(64 * 1024, 'x'));
  splitter.add(Buffer.from('\nnext\n'));
  expect(lines.map((line) => line.length)).toEqual([1024 * 1024, 4]);
});

test('the tail is the end of the output, however it came', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'ü', '😀', '\n', ' '), maxLength: 9_000 });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 5 }), (text, cuts) => {
      const tail = new OutputTail();
      for (const piece of pieces(Buffer.from(text), cuts)) tail.add(piece);
      expect(text.endsWith(tail.text())).toBe(true);
      expect(tail.text().length).toBeGreaterThanOrEqual(Math.min(text.length, 3_999));
      expect(tail.text().length).toBeLessThanOrEqual(4_000);
    }),
    { numRuns: 50 },
  );
});

test('plain text has no control characters, and making it plain twice changes nothing', () => {
  const units = fc.constantFrom(
    '\u001b',
    '[',
    ']',
    '0',
    ';',
    'm',
    '\u0007',
    '\r',
    '\n',
    '\t',
    'x',
    '\u009b',
    '\u202e',
  );
  fc.assert(
    fc.property(fc.string({ unit: units, maxLength: 30 }), (text) => {
      const plain = plainText(text);
      // eslint-disable-next-line no-control-regex -- what must not be there
      expect(plain).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(plainText(plain)).toBe(plain);
    }),
  );
});

describe('the log', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sage-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a byte beyond 20 MiB is where leaving out begins', async () => {
    const log = await openOutputLog(join(folder, 'a', 'log'));
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 20; count += 1) await log.write(chunk);
    await log.write(Buffer.from('!'));
    expect(existsSync(join(folder, 'a', 'log.tail'))).toBe(true);
    const { seenBytes, error } = await log.close();
    expect(seenBytes).toBe(20 * 1024 * 1024 + 1);
    expect(error).toBeUndefined();
    const text = readFileSync(join(folder, 'a', 'log'), 'latin1');
    expect(text).toContain('x\n[sage: 1 bytes of output left out here]\nx');
    expect(text.endsWith('x!')).toBe(true);
  });

  test('002-7.2 a full disk ends the log, not the program', async () => {
    const log = await openOutputLog('/dev/full');
    await log.write(Buffer.from('lost'));
    const { error, seenBytes } = await log.close();
    expect(error).toContain('ENOSPC');
    expect(seenBytes).toBe(4);
  });
});

describe('the watchdog', () => {
  test('goes by the monotonic clock, not by the time that timers take', async () => {
    let now = 0;
    const clock = { now: () => 0, monotonic: () => now };
    const expired = new Promise<string>((resolve) => {
      const watchdog = startWatchdog(clock, { limitMs: 5, silenceMs: 3 }, (why, ms) => {
        watchdog.stop();
        resolve(`${why} after ${ms}`);
      });
      // The machine slept: timers fire, but by this clock no time has passed until now.
      setTimeout(() => {
        watchdog.heard();
        now = 5;
      }, 20);
    });
    expect(await expired).toBe('timed-out after 5');
  });
});
