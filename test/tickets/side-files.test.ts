import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ticketId } from '../../lib/model/ids.js';
import { appendVelocity, readVelocity } from '../../lib/tickets/velocity.js';
import { readWorkflowMode } from '../../lib/tickets/workflow-mode.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the velocity log', () => {
  test("is appended to in upstream's format and read back, batch lines and broken ones skipped", async () => {
    const file = join(folder, '.sage', 'stream-velocity.log');
    expect(await readVelocity(file)).toEqual([]);
    await appendVelocity(file, { id: ticketId('A-1'), minutes: 12.4 }, Date.UTC(2026, 10, 21, 8));
    expect(await readFile(file, 'utf8')).toBe('2026-11-21T08:00:00Z 12 A-1\n');
    await appendFile(
      file,
      '2026-11-21T08:00:00+00:00 30 batch-1 3\n\nrubbish\n2026-11-21T08:00:00Z x A-2\n2026-11-2',
    );
    await appendVelocity(file, { id: ticketId('A-3'), minutes: 0.2 }, Date.UTC(2026, 10, 21, 9));
    await appendVelocity(file, { id: ticketId('A 4'), minutes: 5 }, Date.UTC(2026, 10, 21, 9));
    const all = [
      { id: 'A-1', minutes: 12 },
      { id: 'A-3', minutes: 0 },
    ];
    expect(await readVelocity(file)).toEqual(all);
    expect(await readVelocity(file, 1)).toEqual(all.slice(1));
  });
});

describe('the workflow mode', () => {
  test('TICKET_BASED says nothing, none is information, another is an error with the way out', async () => {
    expect(await readWorkflowMode(folder)).toMatchObject([
      { severity: 'information', code: 'workflow/no-mode' },
    ]);
    await writeFile(join(folder, 'workflow-mode'), 'TICKET_BASED\r\n');
    expect(await readWorkflowMode(folder)).toEqual([]);
    await writeFile(join(folder, 'workflow-mode'), 'TRADITIONAL\n');
    expect(await readWorkflowMode(folder)).toMatchObject([
      {
        severity: 'error',
        code: 'workflow/other-mode',
        value: 'TRADITIONAL',
        hint: expect.stringContaining('TICKET_BASED'),
      },
    ]);
  });

  test("upstream's commit lock is told with its owner", async () => {
    await writeFile(join(folder, 'workflow-mode'), 'TICKET_BASED');
    await mkdir(join(folder, 'commit.lock'));
    await writeFile(join(folder, 'commit.lock', 'owner'), 'worker-2\n');
    await writeFile(join(folder, 'commit.lock', 'acquired_at'), '1700000000\n');
    expect(await readWorkflowMode(folder)).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining('held by worker-2 since 1700000000'),
      },
    ]);
  });
});
