import { afterEach, describe, expect, test } from '@jest/globals';
import { listenForStops, type StopRequest } from '../../lib/cli/signals.js';

let listening: Disposable | undefined;
afterEach(() => {
  listening?.[Symbol.dispose]();
});

/** Listens with a clock in the test's hand; `press` gives a signal as node would tell it. */
function listen() {
  const stops: StopRequest[] = [];
  let at = 0;
  listening = listenForStops(
    (stop) => stops.push(stop),
    () => undefined,
    () => at,
  );
  const press = (signal: NodeJS.Signals, afterMs = 1_000) => {
    at += afterMs;
    process.emit(signal, signal);
  };
  return { stops, press };
}

describe('stop signals', () => {
  test('the first Ctrl-C drains, the second cancels', () => {
    const { stops, press } = listen();
    press('SIGINT');
    press('SIGINT');
    expect(stops).toEqual([
      { mode: 'drain', by: 'Ctrl-C' },
      { mode: 'cancel', by: 'Ctrl-C' },
    ]);
  });

  test('one Ctrl-C that arrives twice, by a wrapper, counts once', () => {
    const { stops, press } = listen();
    press('SIGINT');
    press('SIGINT', 5);
    expect(stops).toEqual([{ mode: 'drain', by: 'Ctrl-C' }]);
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('%s cancels at once', (signal) => {
    const { stops, press } = listen();
    press(signal);
    expect(stops).toEqual([{ mode: 'cancel', by: signal }]);
  });

  test('SIGTERM cancels what was draining', () => {
    const { stops, press } = listen();
    press('SIGINT');
    press('SIGTERM');
    expect(stops.map(({ mode }) => mode)).toEqual(['drain', 'cancel']);
  });

  test('nothing listens any more once disposed', () => {
    const before = process.listenerCount('SIGINT');
    listen();
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    listening?.[Symbol.dispose]();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
