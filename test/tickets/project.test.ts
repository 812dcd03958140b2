import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ticketId } from '../../lib/model/ids.js';
import { projectTickets, type ProjectedChange } from '../../lib/tickets/project.js';

const AT = '2026-11-21T08:00:00Z';
let folder: string;
let file: string;

const index = (...states: string[]) =>
  JSON.stringify({ tickets: states.map((state, at) => ({ id: `A-${at + 1}`, state })) }, null, 2);
const change = (
  ticket: string,
  state: ProjectedChange['state'],
  expected?: ProjectedChange['expected'],
): ProjectedChange => ({
  ticket: ticketId(ticket),
  state,
  at: AT,
  ...(expected === undefined ? {} : { expected }),
});
const stateOf = async (at: number) =>
  JSON.parse(await readFile(file, 'utf8')).tickets[at].state as string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
  file = join(folder, 'index.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('projecting states into the index file', () => {
  test('writes in one step, keeps the mode, leaves no other file, and tells the hash for the next time', async () => {
    await writeFile(file, index('UNPROCESSED', 'UNPROCESSED'));
    await chmod(file, 0o640);
    const first = await projectTickets(file, [change('A-1', 'IN_PROGRESS', 'UNPROCESSED')]);
    if (!first.ok) throw new Error(first.failure.message);
    expect(first.value).toMatchObject({ touched: ['A-1'], notes: [] });
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['index.json']);
    const next = await projectTickets(file, [change('A-1', 'COMPLETED', 'IN_PROGRESS')], {
      lastWritten: first.value.hash,
    });
    expect(next).toMatchObject({ ok: true, value: { notes: [], touched: ['A-1'] } });
    expect(await stateOf(0)).toBe('COMPLETED');
  });

  test('follows a link to its target and leaves the link', async () => {
    const target = join(folder, 'real.json');
    await writeFile(target, index('UNPROCESSED'));
    await symlink('real.json', file);
    expect(await projectTickets(file, [change('A-1', 'COMPLETED')])).toMatchObject({ ok: true });
    expect(JSON.parse(await readFile(target, 'utf8')).tickets[0].state).toBe('COMPLETED');
    expect(
      (await readdir(folder, { withFileTypes: true }))
        .find(({ name }) => name === 'index.json')
        ?.isSymbolicLink(),
    ).toBe(true);
  });

  test("somebody else's edits elsewhere stay and are told", async () => {
    await writeFile(file, index('UNPROCESSED', 'UNPROCESSED'));
    const first = await projectTickets(file, [change('A-1', 'IN_PROGRESS')]);
    if (!first.ok) throw new Error(first.failure.message);
    await writeFile(file, index('IN_PROGRESS', 'DEFERRED', 'UNPROCESSED'));
    const next = await projectTickets(file, [change('A-1', 'COMPLETED', 'IN_PROGRESS')], {
      lastWritten: first.value.hash,
    });
    expect(next).toMatchObject({
      ok: true,
      value: { notes: [expect.stringContaining('changed by somebody else')] },
    });
    expect(await readFile(file, 'utf8')).toBe(index('COMPLETED', 'DEFERRED', 'UNPROCESSED'));
  });

  test.each(['COMPLETED', 'DEFERRED'])("a human's %s wins over our IN_PROGRESS", async (theirs) => {
    await writeFile(file, index(theirs));
    const result = await projectTickets(file, [change('A-1', 'IN_PROGRESS', 'UNPROCESSED')]);
    expect(result).toMatchObject({
      ok: true,
      value: {
        touched: [],
        notes: [`A-1 was set to ${theirs} by somebody else; that stays, not IN_PROGRESS.`],
      },
    });
    expect(await stateOf(0)).toBe(theirs);
  });

  test('our landed COMPLETED is a fact and is written over a human change, which is told', async () => {
    await writeFile(file, index('DEFERRED'));
    const result = await projectTickets(file, [change('A-1', 'COMPLETED', 'IN_PROGRESS')]);
    expect(result).toMatchObject({
      value: { notes: ['A-1 was set to DEFERRED by somebody else; now it is COMPLETED.'] },
    });
    expect(await stateOf(0)).toBe('COMPLETED');
  });

  test('the same projection twice leaves the file untouched the second time', async () => {
    await writeFile(file, index('UNPROCESSED'));
    await projectTickets(file, [change('A-1', 'COMPLETED', 'IN_PROGRESS')]);
    const before = await stat(file);
    const again = await projectTickets(file, [change('A-1', 'COMPLETED', 'IN_PROGRESS')]);
    expect(again).toMatchObject({ ok: true, value: { touched: [], notes: [] } });
    expect((await stat(file)).ino).toBe(before.ino);
  });

  test('a file that is broken for a moment is read again', async () => {
    await writeFile(file, '{"tickets": [');
    const running = projectTickets(file, [change('A-1', 'COMPLETED')]);
    await writeFile(file, index('UNPROCESSED'));
    expect(await running).toMatchObject({ ok: true, value: { touched: ['A-1'] } });
  });

  test('a file that stays broken, is no UTF-8, or is gone is index/write-failed and is left as it is', async () => {
    for (const bytes of [Buffer.from('{"tickets": ['), Buffer.from([0x7b, 0xff, 0x7d])]) {
      await writeFile(file, bytes);
      const result = await projectTickets(file, [change('A-1', 'COMPLETED')]);
      expect(result).toMatchObject({
        ok: false,
        failure: { code: 'index/write-failed', where: { file } },
      });
      expect(await readFile(file)).toEqual(bytes);
    }
    await rm(file);
    expect(await projectTickets(file, [])).toMatchObject({
      ok: false,
      failure: { code: 'index/write-failed' },
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
