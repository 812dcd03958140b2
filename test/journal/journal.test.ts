import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openJournal } from '../../lib/journal/journal.js';
import { encodeLine, NO_SUM } from '../../lib/journal/line.js';
import { followJournal, readJournal, type JournalContent } from '../../lib/journal/read.js';
import type { EventDraft, RunEvent } from '../../lib/model/event.js';
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

async function write(events: readonly EventDraft[], before: Partial<JournalContent> = {}) {
  await using journal = await openJournal({
    file,
    clock,
    seq: before.events?.length ?? 0,
    lastSum: before.lastSum ?? NO_SUM,
    wholeBytes: before.wholeBytes ?? 0,
    checkFence: () => Promise.resolve(),
  });
  for (const event of events) journal.append(event);
  await journal.flush();
}

async function read(): Promise<JournalContent> {
  const content = await readJournal(file);
  if (!content.ok) throw new Error(content.failure.message);
  return content.value;
}

/** What version 1 wrote: a CRC-32 of each line alone. */
function oldLine(seq: number, draft: EventDraft) {
  const body = JSON.stringify({ v: 1, seq, at: '2026-01-01T00:00:00.000Z', ...draft }).slice(0, -1);
  return `${body},"sum":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;
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

  test('followed while it is written, each call answers what came since, never half a record', async () => {
    const follow = followJournal(file);
    const news = async () => {
      const read = await follow();
      if (!read.ok) throw new Error(read.failure.message);
      return read.value.map(({ seq, type }) => [seq, type]);
    };
    expect(await news()).toEqual([]);
    await write(drafts.slice(0, 2));
    const bytes = await readFile(file);
    const end = bytes.indexOf(0x0a) + 1;
    await writeFile(file, bytes.subarray(0, end + 10));
    expect(await news()).toEqual([[1, 'run.resumed']]);
    expect(await news()).toEqual([]);
    await appendFile(file, bytes.subarray(end + 10));
    expect(await news()).toEqual([[2, 'ticket.released']]);
    await write(drafts.slice(2), await read());
    expect(await news()).toEqual([[3, 'run.finished']]);
    expect(await news()).toEqual([]);

    await appendFile(file, bytes.subarray(0, end));
    expect(await follow()).toMatchObject({
      ok: false,
      failure: { code: 'journal/broken', where: { line: 4 } },
    });
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
    await appendFile(file, '{"v":2,"se');
    await write(drafts.slice(2), await read());
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

  test('a record that was changed together with its own sum shows in the record behind it', async () => {
    await write(drafts);
    const lines = (await readFile(file, 'utf8')).split('\n');
    const forged = encodeLine({ ...(await read()).events[0]!, by: 'somebody' } as RunEvent, NO_SUM);
    await writeFile(file, [forged.text.trimEnd(), ...lines.slice(1)].join('\n'));
    expect(await readJournal(file)).toMatchObject({
      ok: false,
      failure: { code: 'journal/broken', where: { line: 2 } },
    });
  });

  test("a journal of version 1 is read, gone on with in today's version, and read again", async () => {
    await writeFile(
      file,
      drafts
        .slice(0, 2)
        .map((draft, index) => oldLine(index + 1, draft))
        .join(''),
    );
    await write(drafts.slice(2), await read());
    const { events } = await read();
    expect(events.map(({ v, seq, type }) => [v, seq, type])).toEqual([
      [2, 1, 'run.resumed'],
      [2, 2, 'ticket.released'],
      [2, 3, 'run.finished'],
    ]);
  });

  test('a record of a later version is refused, whatever its sum is made of', async () => {
    await write(drafts.slice(0, 1));
    await appendFile(file, '{"v":3,"seq":2,"sum":"blake3-of-something"}\n');
    expect(await readJournal(file)).toMatchObject({
      ok: false,
      failure: { code: 'journal/newer-version', where: { line: 2 } },
    });
  });

  test('nothing is written once the fence says that another process owns the run', async () => {
    await using journal = await openJournal({
      file,
      clock,
      seq: 0,
      lastSum: NO_SUM,
      wholeBytes: 0,
      checkFence: () => Promise.reject(new Error('another process took over this run')),
    });
    journal.append({ type: 'run.resumed', by: 'a test' });
    await expect(journal.flush()).rejects.toThrow('another process took over');
    expect((await stat(file)).size).toBe(0);
  });
});
