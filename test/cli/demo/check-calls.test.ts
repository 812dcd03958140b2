import { expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCalls } from '../../../lib/cli/demo/check-calls.js';
import type { EventDraft, RunEvent } from '../../../lib/model/event.js';
import { attemptAddress, oid, ticketId } from '../../../lib/model/ids.js';

const id = ticketId('A');
const called = (attempt: number): EventDraft => ({
  type: 'agent.called',
  attempt: attemptAddress(id, attempt),
  round: 1,
});
const finished = (attempt: number, kind: 'exited' | 'cancelled'): EventDraft => ({
  type: 'agent.finished',
  attempt: attemptAddress(id, attempt),
  round: 1,
  outcome: {
    end: kind === 'exited' ? { kind, code: 0 } : { kind },
    usage: {},
    ms: 0,
    outputBytes: 0,
    log: '',
  },
});
const conflict: EventDraft = {
  type: 'landing.conflicted',
  ticket: id,
  onto: oid('0'.repeat(40)),
  files: [],
};

/** What is found when the journal holds `drafts` and the agents wrote `calls` down. */
async function faults(drafts: readonly EventDraft[], calls: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
  try {
    const file = join(folder, 'calls.ndjson');
    await writeFile(file, calls.map((call) => `${call}\n`).join(''));
    const events = drafts.map((draft, index): RunEvent => ({
      ...draft,
      v: 2,
      seq: index + 1,
      at: '',
    }));
    return (await checkCalls(events, file)).faults;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('an agent that was cut off may be called again, and one whose work conflicted', async () => {
  const drafts = [called(1), finished(1, 'cancelled'), called(2), finished(2, 'exited')];
  // The first was ended before it could write anything down.
  expect(await faults(drafts, ['A#2'])).toEqual([]);
  expect(await faults([...drafts, conflict, called(3)], ['A#1', 'A#2', 'A#3'])).toEqual([]);
});

test('a call again after the work was done, one made twice, one unannounced, one that never was: each is told', async () => {
  const done = [called(1), finished(1, 'exited')];
  expect(await faults([...done, called(2)], ['A#1', 'A#2'])).toEqual([
    'A#2 was called although an agent had done its work',
  ]);
  expect(await faults(done, ['A#1', 'A#1'])).toEqual([
    'A#1 was called 2 times, 1 of them in the journal',
  ]);
  expect(await faults(done, ['A#1', 'A#2'])).toEqual(['the call of A#2 is not in the journal']);
  expect(await faults(done, [])).toEqual(['the agent of A#1 ended and was never called']);
});
