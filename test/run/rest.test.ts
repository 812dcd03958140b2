import { describe, expect, test } from '@jest/globals';
import { attemptAddress, ticketId } from '../../lib/model/ids.js';
import { createCredentialRest, createCredentialWait } from '../../lib/run/rest.js';

const UNTIL = '2026-01-01T00:00:00.000Z';
const at = (now: number) => ({ now: () => now, monotonic: () => now });
const rest = {
  kind: 'credential.rest',
  key: 'rest/claude/key-1/7',
  agent: 'claude',
  credential: 'key-1',
  until: UNTIL,
} as const;
const rested = [
  { type: 'credential.rested', agent: 'claude', credential: 'key-1', closes: rest.key },
];

describe('a key that rests', () => {
  test('003-7.10 when its time is over, also when that was while nobody lived, it is told at once', async () => {
    const { perform, reconcile } = createCredentialRest(at(Date.parse(UNTIL)));
    const { signal } = new AbortController();
    expect(await perform(rest, signal)).toEqual(rested);
    expect(await reconcile(rest, signal)).toEqual(rested);
  });

  test('003-7.10 not before: it looks at the clock, which goes on while it waits', async () => {
    const begin = Date.parse(UNTIL) - 40;
    const started = performance.now();
    const clock = { now: () => begin + (performance.now() - started), monotonic: () => 0 };
    await createCredentialRest(clock).perform(rest, new AbortController().signal);
    expect(clock.now()).toBeGreaterThanOrEqual(Date.parse(UNTIL));
  });

  test('003-7.5 nobody waits for it any more: it is over, whatever is left of it', async () => {
    const cancel = new AbortController();
    const told = createCredentialRest(at(0)).perform(rest, cancel.signal);
    cancel.abort();
    expect(await told).toEqual(rested);
  });

  test('003-7.2 an attempt that waits is told when it has waited long enough, or nobody cares', async () => {
    const attempt = attemptAddress(ticketId('A'), 1);
    const wait = {
      kind: 'credential.wait',
      key: 'wait/A#1/0/3',
      agent: 'claude',
      attempt,
      ticket: ticketId('A'),
      until: UNTIL,
    } as const;
    const waited = [{ type: 'credential.waited', attempt, closes: wait.key }];
    const over = createCredentialWait(at(Date.parse(UNTIL)));
    expect(await over.perform(wait, new AbortController().signal)).toEqual(waited);
    const cancel = new AbortController();
    const told = createCredentialWait(at(0)).reconcile(wait, cancel.signal);
    cancel.abort();
    expect(await told).toEqual(waited);
  });
});
