import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPainter } from '../../../lib/show/live/painter.js';
import { Emulator } from '../../rig/emulator.js';

/** What happens to a view: a frame, with or without lines for the scrollback, or another size of the terminal. */
type Step =
  | { readonly lines: readonly string[]; readonly above: readonly string[] }
  | { readonly columns: number; readonly rows: number; readonly isUnseen: boolean };

const word = fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,12}$/);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      lines: fc.array(word, { minLength: 1, maxLength: 7 }),
      above: fc.oneof(fc.constant([]), fc.array(word, { minLength: 1, maxLength: 4 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      columns: fc.integer({ min: 20, max: 100 }),
      rows: fc.integer({ min: 40, max: 60 }),
      isUnseen: fc.boolean(),
    }),
  },
);

describe('the painter', () => {
  test('002-9.1 after any frames and sizes the view stands once below all that scrolled, which is whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const screen = new Emulator(80, 50);
        const painter = createPainter(
          (text) => void screen.write(text),
          () => screen.columns,
        );
        await screen.write('$ sage stream --auto\r\n');
        const scrolled = ['$ sage stream --auto'];
        const cut = (lines: readonly string[]) =>
          lines
            .map((line) => line.slice(0, screen.columns - 1).trimEnd())
            .slice(0, screen.rows - 1);
        let whole: readonly string[] = [];
        let count = 0;
        for (const one of steps) {
          if ('columns' in one) {
            screen.resize(one.columns, one.rows);
            if (one.isUnseen) continue;
          } else {
            whole = one.lines;
            count += 1;
            scrolled.push(...one.above.map((line, at) => `${count}.${at} ${line}`));
          }
          const now = cut(whole);
          const above =
            'lines' in one ? one.above.map((line, at) => `${count}.${at} ${line}\n`) : [];
          painter.paint(now, above.join(''));
          await screen.write('');
        }
        const shown = cut(whole);
        painter.paint(shown);
        await screen.write('');
        expect(screen.everything).toBe([...scrolled, ...shown].join('\n').trim());
        expect(screen.lines.slice(screen.cursor.y - shown.length, screen.cursor.y)).toEqual(shown);
        painter.clear();
        await screen.write('done');
        expect(screen.everything).toBe([...scrolled, 'done'].join('\n'));
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
