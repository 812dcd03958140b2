import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openJournal } from '../../lib/journal/journal.js';
import { readJournal } from '../../lib/journal/read.js';
import type { EventDraft } from '../../lib/model/event.js';
import { ticketId } from '../../lib/model/ids.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
  file = join(folder, 'events.ndjson');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clock = { now: () => Date.parse('2026-01-01T00:00:00Z'), monotonic: () => 0 };
const drafts: EventDraft[] = [
  { type: 'run.resumed', by: 'a test' },
  { type: 'ticket.released', ticket: ticketId('T-1'), why: 'line\nbreak, "quotes", ,"sum":"' },
  { type: 'run.finished', exitCode: 0 },
];

async function write(events: readonly EventDraft[], wholeBytes = 0, seq = 0) {
  await using journal = await openJournal({
    file,
    clock,
    seq,
    wholeBytes,
    checkFence: () => Promise.resolve(),
  });
  for (const event of events) journal.append(event);
  await journal.flush();
}

describe('the journal', () => {
  test('what was flushed is read back in order, numbered from 1', async () => {
    await write(drafts);
    const content = await readJournal(file);
    expect(content).toMatchObject({ ok: true, value: { isTorn: false } });
    if (!content.ok) return;
    expect(content.value.events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'run.resumed'],
      [2, 'ticket.released'],
      [3, 'run.finished'],
    ]);
    expect(content.value.events[1]).toMatchObject(drafts[1] as object);
  });

  test('cut at any byte it still reads, and loses only the record that was cut', async () => {
    await write(drafts);
    const whole = await readFile(file);
    const ends = [...whole.keys()].filter((index) => whole[index] === 0x0a);
    for (let length = 0; length <= whole.length; length += 1) {
      await writeFile(file, whole.subarray(0, length));
      const content = await readJournal(file);
      const kept = ends.filter((end) => end < length).length;
      expect(content.ok && content.value.events.length).toBe(kept);
    }
  });

  test('a torn tail is cut off before the next record is written', async () => {
    await write(drafts.slice(0, 2));
    const whole = (await stat(file)).size;
    await writeFile(file, Buffer.concat([await readFile(file), Buffer.from('{"v":1,"se')]));
    await write(drafts.slice(2), whole, 2);
    const content = await readJournal(file);
    expect(content.ok && content.value.events.map(({ type }) => type)).toEqual([
      'run.resumed',
      'ticket.released',
      'run.finished',
    ]);
  });

  test('a damaged record with whole ones behind it is refused with its line, and the file is left alone', async () => {
    await write(drafts);
    const text = (await readFile(file, 'utf8')).replace('a test', 'b test');
    await writeFile(file, text);
    expect(await readJournal(file)).toMatchObject({
      ok: false,
      failure: { code: 'journal/broken', where: { file, line: 1 } },
    });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('a missing record number is noticed', async () => {
    await write(drafts);
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, [lines[0], lines[2], ''].join('\n'));
    expect(await readJournal(file)).toMatchObject({
      ok: false,
      failure: { code: 'journal/broken' },
    });
  });

  test('nothing is written once the fence says that another process owns the run', async () => {
    await using journal = await openJournal({
      file,
      clock,
      seq: 0,
      wholeBytes: 0,
      checkFence: () => Promise.reject(new Error('another process took over this run')),
    });
    journal.append({ type: 'run.resumed', by: 'a test' });
    await expect(journal.flush()).rejects.toThrow('another process took over');
    expect((await stat(file)).size).toBe(0);
  });
});
