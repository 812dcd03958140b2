import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/apply-run.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { FailureCode } from '../../lib/model/failure-table.js';
import { createStatusLine, type StatusLine } from '../../lib/show/status-line.js';
import { planned, ticket } from '../engine/plans.js';
import { until } from '../rig/within.js';

const AT = '2026-01-01T00:00:00.000Z';
const { CI, TERM } = process.env;
beforeEach(() => {
  // A status line is for terminals alone: what this machine is must not count.
  delete process.env['CI'];
  process.env['TERM'] = 'xterm';
});
let line: StatusLine | undefined;
afterEach(() => {
  // One that goes on turning would keep this process alive.
  line?.close();
  if (CI !== undefined) process.env['CI'] = CI;
  process.env['TERM'] = TERM ?? '';
});

/** A terminal of that width that remembers what was written to it. */
function terminal(columns: number) {
  let written = '';
  const stream = new Writable({
    write(chunk: Buffer, _, next) {
      written += chunk.toString();
      next();
    },
  });
  const done = () => true;
  const tty = { isTTY: true, columns, cursorTo: done, clearLine: done, moveCursor: done };
  return {
    stream: Object.assign(stream, tty) as unknown as NodeJS.WriteStream,
    /** The next frame that is drawn. */
    frame: async () => {
      written = '';
      await until(
        () => (written.includes('landed') ? true : undefined),
        20_000,
        () => 'nothing is drawn',
      );
      return written;
    },
  };
}

test('002-7.2 002-10.2 the status line says how many slots are left, and why, until all are used again', async () => {
  const plan = planned([ticket('A'), ticket('B', { order: 1 })], { slots: 3 });
  const state = stateOf(plan, AT);
  const record = (draft: EventDraft) => {
    apply(state, { v: 2, seq: state.seq + 1, at: AT, ...draft });
  };
  const { stream, frame } = terminal(200);
  line = createStatusLine(stream, () => Date.parse(AT));
  const limited = (slots: number, code: FailureCode) => {
    record({ type: 'run.limited', slots, failure: { code, message: 'no' } });
  };
  record(plan);
  line.show(state);
  expect(await frame()).not.toContain('slots');

  limited(2, 'agent/rate-limited');
  line.show(state);
  expect(await frame()).toContain('0/2 landed · slots 3 → 2: rate limited');
  limited(1, 'lane/not-created');
  line.show(state);
  expect(await frame()).toContain('slots 3 → 1: lane/not-created');

  record({ type: 'run.relieved', slots: 2, why: 'calm' });
  record({ type: 'run.relieved', slots: 3, why: 'calm' });
  line.show(state);
  expect(await frame()).not.toContain('slots');
});
