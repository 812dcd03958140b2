import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { Rig } from '../rig/rig.js';
import type { Terminal } from '../rig/terminal.js';

const ESC = '\u001b';
const BELL = '\u0007';
const COLOUR = new RegExp(`${ESC}\\[[\\d;]*m`, 'g');

/** Three tickets side by side, one that waits for the first, and titles as people write them. */
const TICKETS = [
  { id: 'AUTH-1', title: 'Login form with "remember me" and a title that goes on and on for ever' },
  { id: 'AUTH-2', title: 'Session 会话 store 👩‍👩‍👧 with emoji \u001b[31m\u0007and more' },
  { id: 'WEB-3', title: 'Start page' },
  { id: 'WEB-4', title: 'Footer', dependencies: ['AUTH-1'] },
];

async function planted(more: Readonly<Record<string, unknown>> = {}): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config(more);
  await rig.tickets(TICKETS);
  return rig;
}

const row = (view: readonly string[], lane: number) =>
  view.find((line) => new RegExp(`^${lane} [A-Z–]`).test(line)) ?? '';
const has = (text: string) => (view: readonly string[]) => view.some((line) => line.includes(text));

/** Its rule stands once on screen and scrollback together: nothing of earlier frames is left. */
function expectOneView(terminal: Terminal): void {
  expect(terminal.everything.match(/── sage /g)).toHaveLength(1);
}

describe('the live view', () => {
  test.each([40, 80, 120, 160, 200])(
    '002-3.2 002-9.1 002-9.2 002-15.2 002-15.3 at %i columns: lanes, landings and counts as they change, then the summary alone',
    async (columns) => {
      await using rig = await planted();
      const size = { columns, rows: 40 };
      const terminal = rig.terminal(size, 'stream', '--auto', '--parallel=3');
      const [one, two, three] = [
        await rig.agent.for('AUTH-1'),
        await rig.agent.for('AUTH-2'),
        await rig.agent.for('WEB-3'),
      ];
      await one.print('Reads src/login.ts');
      await two.print(`Writes ${'a very long line about 会话 '.repeat(20)}`);
      await terminal.shows(has('Reads src/login.ts'));
      await terminal.shows(has('Writes'));
      const { view } = terminal;
      expect(row(view, 1)).toContain('AUTH-1');
      expect(row(view, 2)).toContain('AUTH-2');
      expect(row(view, 3)).toContain('WEB-3');
      expect(view.join(' · ')).toMatch(
        /0\/4 landed · 3 running · 0 ready · 1 waiting · 0 blocked · 0 deferred/,
      );
      expect(view.join('\n')).toMatch(/left \(estimate\)/);
      expect(view.join('\n')).toContain('3 agents at once');
      for (const line of view) expect(stringWidth(line)).toBeLessThan(columns);

      // One lands while the others work: told above, and in the view; a lane keeps its row.
      await one.succeed({ 'a.txt': 'a\n' });
      await terminal.says(/\[AUTH-1\] landed/);
      await terminal.shows(has('1/4 landed'));
      expect([two, three].map(({ isOver }) => isOver)).toEqual([false, false]);
      const four = await rig.agent.for('WEB-4');
      await terminal.shows((now) => row(now, 1).includes('WEB-4'));
      expect(row(terminal.view, 2)).toContain('AUTH-2');
      expect(row(terminal.view, 3)).toContain('WEB-3');
      expectOneView(terminal);
      // Nothing of a title or of an agent's words gets to the terminal as a command.
      expect(terminal.written).not.toContain(BELL);
      expect(terminal.written).not.toContain(`${ESC}[31mand more`);

      for (const call of [two, three, four]) await call.succeed({ [`${call.ticket}.txt`]: 'x\n' });
      expect(await terminal.wait()).toEqual({ code: 0, signal: 0 });
      expect(terminal.view).toEqual([]);
      expect(terminal.everything).toMatch(/4 landed\n/);
      expect(terminal.everything).toMatch(/took .* of tickets: \d\.\d\d× as fast with 3 at once/);
      expect(terminal.everything).toContain('delivered: work now stands at');
      expect(terminal.everything).not.toContain('── sage');
      expect(terminal.isCursorShown).toBe(true);
      expect(terminal.cursor.x).toBe(0);
    },
  );

  test('002-9.1 resized while it runs, it stands once and whole below a scrollback that is whole, too', async () => {
    await using rig = await planted();
    const terminal = rig.terminal({ columns: 120, rows: 40 }, 'stream', '--auto', '--parallel=3');
    const calls = [];
    for (const { id } of TICKETS.slice(0, 3)) calls.push(await rig.agent.for(id));
    await terminal.shows(has('3 running'));
    for (const [columns, rows] of [
      [60, 40],
      [40, 30],
      [200, 50],
      [80, 24],
      [41, 30],
      [41, 16],
      [120, 40],
    ] as const) {
      terminal.resize({ columns, rows });
      const marker = `at ${columns} columns`;
      await calls[0]!.print(marker);
      await terminal.shows((view) => view.some((line) => line.includes(marker.slice(0, 12))));
      for (const line of terminal.view) expect(stringWidth(line)).toBeLessThan(columns);
      expect(terminal.view.length).toBeLessThan(rows);
      expect(row(terminal.view, 3)).toContain('WEB-3');
    }
    expectOneView(terminal);
    for (const { id } of TICKETS.slice(0, 3)) {
      expect(terminal.everything.split(`[${id}] started in lane-`)).toHaveLength(2);
    }
    rig.agent.serve((call) => call.succeed({ 'w.txt': 'x\n' }));
    for (const call of calls) await call.succeed({ [`${call.ticket}.txt`]: 'x\n' });
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-9.1 calm: a frame holds only what changed, at most ten come a second, whatever an agent prints', async () => {
    await using rig = await planted();
    const terminal = rig.terminal({ columns: 120, rows: 40 }, 'stream', '--auto', '--parallel=3');
    const calls = [];
    for (const { id } of TICKETS.slice(0, 3)) calls.push(await rig.agent.for(id));
    await calls[0]!.print('begins');
    await terminal.shows(has('begins'));
    const before = terminal.written.length;
    const from = performance.now();
    for (let index = 0; index < 400; index += 1) await calls[0]!.print(`line ${index}`);
    await terminal.shows(has('line 399'));
    const seconds = (performance.now() - from) / 1000;
    const written = terminal.written.slice(before);
    const frames = written.split('\u001b[?2026h').slice(1);
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.length).toBeLessThanOrEqual(seconds * 10 + 2);
    // Seconds pass in all lanes; titles and rules are never written again.
    const alone = frames.filter((frame) => frame.includes('line ') && !frame.includes('AUTH-2'));
    expect(alone.length).toBeGreaterThan(0);
    expect(written).not.toContain('── sage');
    expect(written).not.toContain('\u001b[J');
    rig.agent.serve((call) => call.succeed({ 'w.txt': 'x\n' }));
    for (const call of calls) await call.succeed({ [`${call.ticket}.txt`]: 'x\n' });
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-9.1 early tickets of later batches and files in common are told', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([
      { id: 'A', effort: 8 },
      { id: 'B', effort: 1, targetFiles: [{ path: 'src/b.ts' }] },
      { id: 'C', effort: 1, dependencies: ['B'], targetFiles: [{ path: 'src/c.ts' }] },
      { id: 'D', effort: 1, dependencies: ['B'], targetFiles: [{ path: 'src/c.ts' }] },
    ]);
    const terminal = rig.terminal({ columns: 100, rows: 40 }, 'stream', '--auto', '--parallel=3');
    const first = await rig.agent.for('A');
    await (await rig.agent.for('B')).succeed({ 'src/b.ts': 'b\n' });
    const c = await rig.agent.for('C');
    const d = await rig.agent.for('D');
    await terminal.shows(has('B1 of'));
    await terminal.shows(has('early: C, D running'));
    await terminal.shows(has('D shares src/c.ts with C'));
    await c.succeed({ 'src/c.ts': 'c\n' });
    await terminal.shows(has('early: C landed; D running'));
    await d.succeed({ 'd.txt': 'd\n' });
    await first.succeed({ 'a.txt': 'a\n' });
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-9.1 tokens and cost are told as agents tell them, and count once', async () => {
    await using rig = await planted();
    const terminal = rig.terminal(
      { columns: 100, rows: 40 },
      'stream',
      '--auto',
      '--parallel=1',
      '--max-cost=9',
    );
    const call = await rig.agent.for('AUTH-1');
    await terminal.shows(has('0.00 of 9.00 USD'));
    await call.usage({ costUsd: 1.25, inputTokens: 12_000, outputTokens: 345 });
    await terminal.shows(has('12.3k tokens · 1.25 of 9.00 USD'));
    await call.succeed({ 'a.txt': 'a\n' });
    await terminal.shows(has('1/4 landed'));
    await terminal.shows(has('12.3k tokens · 1.25 of 9.00 USD'));
    rig.agent.serve((other) => other.succeed({ [`${other.ticket}.txt`]: 'x\n' }));
    expect((await terminal.wait()).code).toBe(0);
  });
});

describe('where nobody sits at a live view', () => {
  const plain: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] =
    [
      ['TERM=dumb', { TERM: 'dumb' }, []],
      ['CI', { CI: 'true' }, []],
      ['--plain', {}, ['--plain']],
    ];
  test.each(plain)('%s: plain lines, no cursor movements', async (_how, env, flags) => {
    await using rig = await planted();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const terminal = rig.terminalSage(
      { columns: 100, rows: 40 },
      env,
      'stream',
      '--auto',
      ...flags,
    );
    expect((await terminal.wait()).code).toBe(0);
    expect(terminal.everything).toContain('[AUTH-1] started in lane-1');
    // Colour may be there, movements may not.
    expect(terminal.written.replaceAll(COLOUR, '')).not.toContain(ESC);
  });

  test('--quiet tells the summary alone, --json lines of JSON alone, in a terminal too', async () => {
    await using rig = await planted();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const json = rig.terminal({ columns: 5_000, rows: 40 }, 'stream', '--auto', '--json');
    expect((await json.wait()).code).toBe(0);
    const lines = json.written.split(/\r?\n/).filter((line) => line.startsWith('{'));
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type).at(-1)).toBe(
      'run.finished',
    );
    for (const sign of [ESC, BELL]) expect(json.written).not.toContain(sign);

    await rig.tickets([{ id: 'LAST-1' }]);
    const quiet = rig.terminal({ columns: 100, rows: 40 }, 'stream', '--auto', '--quiet');
    expect((await quiet.wait()).code).toBe(0);
    expect(quiet.everything).toMatch(/^1 landed\n {2}landed {3}LAST-1/);
    expect(quiet.written).not.toContain(BELL);
  });

  test('NO_COLOR: the same view without a colour, and nothing is told by colour alone', async () => {
    await using rig = await planted();
    const terminal = rig.terminalSage(
      { columns: 100, rows: 40 },
      { NO_COLOR: '1' },
      'stream',
      '--auto',
    );
    const call = await rig.agent.for('AUTH-1');
    await call.print('{"sage":"waiting","reason":"asks for permission: rm -rf build"}');
    await terminal.shows(has('WAITING asks for permission: rm -rf build'));
    await terminal.shows(has('WAITING: AUTH-1'));
    await call.print('goes on');
    await terminal.shows((view) => view.length > 0 && !has('WAITING')(view));
    expect(terminal.written).not.toMatch(COLOUR);
    rig.agent.serve((other) => other.succeed({ [`${other.ticket}.txt`]: 'x\n' }));
    await call.succeed({ 'a.txt': 'a\n' });
    expect((await terminal.wait()).code).toBe(0);
  });
});
