import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { deliverySchema, failureEntriesSchema } from '../../lib/model/answer-schemas.js';
import { explanationSchema } from '../../lib/model/explanation-schema.js';
import { failuresSchema } from '../../lib/model/failures-schema.js';
import { planSchema } from '../../lib/model/plan-schema.js';
import { publicEventSchema } from '../../lib/model/public-event.js';
import { validationSchema } from '../../lib/model/validation-schema.js';
import { Rig } from '../rig/rig.js';

const documents: readonly (readonly [call: string, schema: z.ZodType])[] = [
  ['stream --dry-run --json', planSchema],
  ['stream --auto --parallel=auto --dry-run --json', planSchema],
  ['stream --dry-run --format=json', planSchema],
  ['stream --explain WEB-2 --json', explanationSchema],
  ['stream --explain CORE-9 --json', explanationSchema],
  ['stream --explain NO-1 --json', failuresSchema],
  ['stream --auto --parallel=x --json', failuresSchema],
  ['validate --json', validationSchema],
  ['explain --json', failureEntriesSchema],
  ['rescue WEB-1 --json', failuresSchema],
  ['deliver --json', deliverySchema],
  ['deliver no-such-run --json', failuresSchema],
];

describe('documents for programs', () => {
  test('D19 every --json answer follows its schema and says nothing beside it', async () => {
    await using rig = await Rig.create();
    await rig.config();
    await rig.tickets([
      { id: 'CORE-1', targetFiles: [{ path: 'a.txt' }] },
      { id: 'CORE-2', dependencies: ['CORE-1'], effort: 5 },
      { id: 'CORE-9', dependencies: ['NO-1'] },
      { id: 'WEB-1', targetFiles: [{ path: 'a.txt' }], state: 'DEFERRED' },
      { id: 'WEB-2', targetFiles: [{ path: 'a.txt' }], children: ['WEB-3'] },
      { id: 'WEB-3', parent: 'WEB-2' },
    ]);
    for (const [call, schema] of documents) {
      const { stdout } = await rig.run(...call.split(' '));
      const document: unknown = JSON.parse(stdout);
      // A schema drops what it does not know: equal means that it knows all.
      expect({ call, document: schema.parse(document) }).toEqual({ call, document });
    }
  });

  test('D19 a run tells public events line by line, ends with its summary, and deliver answers by its schema', async () => {
    await using rig = await Rig.create();
    await rig.config();
    await rig.tickets([{ id: 'CORE-1' }]);
    await rig.script({ '*': [{ write: { 'new.txt': 'text' } }, { exit: 0 }] });
    const run = await rig.run('stream', '--auto', '--json');
    expect(run.code).toBe(0);
    const lines = run.stdout.trimEnd().split('\n');
    for (const line of lines) {
      const event: unknown = JSON.parse(line);
      expect(publicEventSchema.parse(event)).toEqual(event);
    }
    const last = JSON.parse(lines.at(-1)!) as { summary?: { landed: { id: string }[] } };
    expect(last.summary?.landed.map(({ id }) => id)).toEqual(['CORE-1']);
    const { stdout } = await rig.run('deliver', '--json');
    const delivery: unknown = JSON.parse(stdout);
    expect(deliverySchema.parse(delivery)).toEqual(delivery);
    expect(delivery).toMatchObject({ how: 'forwarded', target: 'main' });
    expect(await rig.git('show', 'main:new.txt')).toBe('text');
  });
});
