import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createIndexCommit } from '../../lib/land/bookkeeping.js';
import { failed, success, type Result } from '../../lib/model/failure.js';
import type { IndexCommit } from '../../lib/model/intent.js';
import { createLandWorld, identity, type LandWorld } from './world.js';

const INDEX = '.sage/tickets/index.json';
let world: LandWorld;
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const intent = (): IndexCommit => ({
  kind: 'index.commit',
  key: 'bookkeeping',
  onto: world.tip(),
  message: 'chore(tickets): record the states\n\nLand-Id: run-1/bookkeeping\n',
  at: '2026-11-21T08:00:00.000Z',
});
const effect = (finalIndexText: (text: string) => Result<string>) =>
  createIndexCommit({
    depot: world.depot,
    identity,
    indexPath: INDEX,
    finalIndexText,
    candidate: 'run-1/bookkeeping',
  });

describe('the bookkeeping commit', () => {
  describe('where the index is tracked', () => {
    beforeEach(async () => {
      world = await createLandWorld(async (user) => {
        // No newline at the end, and CRLF inside: bytes are kept.
        await user.write(INDEX, '{"a":1,\r\n"b":"ü"}');
        user.sh(`chmod +x ${INDEX}`);
        user.commit('base');
      });
    });

    test('changes that file and nothing else, on the tip', async () => {
      const [event] = await effect((text) => success(text.replace('1', '2'))).perform(
        intent(),
        signal,
      );
      if (event?.type !== 'bookkeeping.prepared' || !event.commit) throw new Error(event?.type);
      expect(event.closes).toBe('bookkeeping');
      const { commit } = event;
      expect(world.inDepot(`diff-tree -r --name-status ${world.base} ${commit}`)).toBe(
        `M\t${INDEX}`,
      );
      expect(world.inDepot(`rev-parse ${commit}^`)).toBe(world.base);
      expect(world.inDepot(`ls-tree ${commit} ${INDEX}`)).toMatch(/^100755/);
      expect(world.inDepot(`show ${commit}:${INDEX}`)).toBe('{"a":2,\r\n"b":"ü"}');
      expect(world.inDepot('rev-parse refs/sage/candidate/run-1/bookkeeping')).toBe(commit);
    });

    test('is the same object when done again', async () => {
      const change = effect((text) => success(text.replace('1', '2')));
      expect(await change.reconcile(intent(), signal)).toEqual(
        await change.perform(intent(), signal),
      );
    });

    test('is not made when the states stand there already', async () => {
      expect(await effect(success).perform(intent(), signal)).toEqual([
        { type: 'bookkeeping.prepared', closes: 'bookkeeping' },
      ]);
    });

    test('tells why it could not be made', async () => {
      const failure = { code: 'index/write-failed', message: 'no such ticket' } as const;
      expect(await effect(() => failed(failure)).perform(intent(), signal)).toEqual([
        { type: 'bookkeeping.prepared', failure, closes: 'bookkeeping' },
      ]);
    });
  });

  test('is not made where git does not track the index', async () => {
    world = await createLandWorld();
    const changed = effect((text) => success(`${text} `));
    expect(await changed.perform(intent(), signal)).toEqual([
      { type: 'bookkeeping.prepared', closes: 'bookkeeping' },
    ]);
  });
});
