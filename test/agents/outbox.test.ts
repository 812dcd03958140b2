import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readOutbox } from '../../lib/agents/outbox.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sage-test-'));
  file = join(folder, 'outbox.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (...lines: readonly string[]) => {
  writeFileSync(file, lines.join('\n'));
  return readOutbox(file);
};
const issue = (title: unknown, more: object = {}) =>
  JSON.stringify({ kind: 'issue', title, ...more });

describe('an outbox', () => {
  test('001-6.6 is read line by line; what is no report is left out', async () => {
    expect(
      await read('', 'no JSON', '[]', '{"kind":"issue"}', issue(7), issue(' '), issue('one')),
    ).toEqual({ reports: [{ kind: 'issue', title: 'one' }] });
    expect(await read(issue('a', { priority: 'P9', description: 3, script: 'rm' }))).toEqual({
      reports: [{ kind: 'issue', title: 'a' }],
    });
    expect(await read('')).toEqual({});
    expect(await readOutbox(join(folder, 'missing'))).toEqual({});
  });

  test('holds no more than so many reports, and none that is too long', async () => {
    const many = await read(...Array.from({ length: 100 }, (_, at) => issue(`title ${at}`)));
    expect(many.reports).toHaveLength(20);
    const long = await read(issue('x'.repeat(10_000), { description: 'y'.repeat(100_000) }));
    expect(long.reports).toEqual([
      { kind: 'issue', title: 'x'.repeat(200), description: 'y'.repeat(4_000) },
    ]);
    const much = await read(
      ...Array.from({ length: 20 }, (_, at) =>
        issue(`t ${at}`, { description: '€'.repeat(4_000) }),
      ),
    );
    expect(Buffer.byteLength(JSON.stringify(much.reports))).toBeLessThan(25 * 1024);
  });

  test('is a file of its own: no link, pipe or folder in its place is read', async () => {
    writeFileSync(join(folder, 'secret'), issue('secret'));
    symlinkSync(join(folder, 'secret'), join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['link', 'pipe', '.']) {
      expect(await readOutbox(join(folder, name))).toEqual({});
    }
  });

  test('whatever bytes it holds, words without control characters come of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        async (a, b) => {
          const { reports = [] } = await read(a, issue(a, { description: b }), b);
          for (const { title, description = '' } of reports) {
            expect(title).toMatch(/^[^\p{Cc}]+$/u);
            expect(description).toMatch(/^[^\p{Cc}]*([\n\t][^\p{Cc}]*)*$/u);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
