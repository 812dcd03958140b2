import { expect, test } from '@jest/globals';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runDirectory } from '../../lib/journal/run-directory.js';
import type { RunEvent } from '../../lib/model/event.js';
import { runId } from '../../lib/model/ids.js';
import { clearDrafts } from '../../lib/run/clear-drafts.js';
import { createWorld } from '../git/world.js';

const AT = '2026-11-21T08:00:00.000Z';
const projecting: RunEvent = { v: 2, seq: 1, at: AT, type: 'tickets.projecting', tickets: [] };
const projected: RunEvent = {
  v: 2,
  seq: 2,
  at: AT,
  type: 'tickets.projected',
  tickets: [],
  notes: [],
};

async function scene() {
  const world = await createWorld();
  const { repository } = await world.open();
  const lanesRoot = join(repository.commonDir, 'lanes');
  const directory = runDirectory(repository.commonDir, runId('20261121-080000-abcd'));
  const plant = (folder: string, names: readonly string[]) =>
    names.map((name) => {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '{');
      return file;
    });
  const tickets = join(repository.root, '.sage/tickets');
  const clear = (events: readonly RunEvent[]) =>
    clearDrafts({ repository, lanesRoot }, directory, events);
  const living = (files: readonly string[]) => files.filter((file) => existsSync(file));
  return {
    plant,
    clear,
    living,
    places: { lanesRoot, directory, tickets },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

test('002-7.4 half-written files of a killed run go, the whole ones beside them stay', async () => {
  await using set = await scene();
  const { plant, clear, living, places } = set;
  const drafts = [
    ...plant(places.directory.path, ['summary.json.1652677224', 'attempts/A-1/end.json.7']),
    ...plant(places.lanesRoot, ['lane-2.json.282572271']),
  ];
  const whole = [
    ...plant(places.directory.path, ['summary.json', 'attempts/A-1/output.log.1', 'events.ndjson']),
    ...plant(places.lanesRoot, ['lane-2.json', 'lane-2/data.json.1']),
  ];
  await clear([projecting, projected]);
  expect(living(drafts)).toEqual([]);
  expect(living(whole)).toEqual(whole);
});

test('beside the ticket index only what came since the write that was cut off goes: the rest is the user’s', async () => {
  await using set = await scene();
  const { plant, clear, living, places } = set;
  const whole = plant(places.tickets, ['index.json', 'other.json.1']);
  const [old = '', draft = ''] = plant(places.tickets, [
    'index.json.2026',
    'index.json.1652677224',
  ]);
  utimesSync(old, 0, Date.parse(AT) / 1000 - 1);
  await clear([projecting, projected]);
  expect(living([old, draft])).toEqual([old, draft]);
  await clear([projecting]);
  expect(living([old, draft, ...whole])).toEqual([old, ...whole]);
});
