import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';
import { Rig } from '../rig/rig.js';
import type { Terminal } from '../rig/terminal.js';

const SIZE = { columns: 100, rows: 30 };
const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

async function withTickets(...ids: readonly string[]): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await rig.tickets(ids.map((id) => ({ id })));
  return rig;
}

const has = (text: string) => (view: readonly string[]) => view.some((line) => line.includes(text));
/** Two within a tenth of a second count once (lib/cli/signals.ts): the next one comes when a second has passed in the view. */
async function pressAgain(terminal: Terminal): Promise<void> {
  const seconds = () => Number(/^(\d+) s · /m.exec(terminal.view.join('\n'))?.[1] ?? 0);
  const before = seconds();
  await terminal.shows(() => seconds() > before);
  terminal.type(CTRL_C);
}

const foot = (terminal: Terminal) => terminal.view.at(-1) ?? '';

describe('the keys of the live view', () => {
  test('002-9.1 d asks, and then drains: what runs lands, nothing new starts', async () => {
    await using rig = await withTickets('A', 'B');
    const terminal = rig.terminal(SIZE, 'stream', '--auto');
    const call = await rig.agent.for('A');
    await terminal.shows(has('d drain · c cancel one · o open log · e explain · Ctrl-C drain'));
    terminal.type('d');
    await terminal.shows(has('drain: nothing new starts, what runs lands? y yes · q no'));
    terminal.type('q');
    await terminal.shows(has('nothing was done'));
    terminal.type('d');
    await terminal.shows(has('y yes'));
    terminal.type('y');
    await terminal.shows(has('DRAINING (key d)'));
    expect(await rig.event('run.stop-requested')).toMatchObject({ mode: 'drain', by: 'key d' });
    await call.succeed({ 'a.txt': 'a\n' });
    expect((await terminal.wait()).code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
  });

  test('002-9.1 c cancels the ticket of one lane, after a question; the others go on', async () => {
    await using rig = await withTickets('A', 'B');
    const terminal = rig.terminal(SIZE, 'stream', '--auto', '--parallel=2');
    const [a, b] = [await rig.agent.for('A'), await rig.agent.for('B')];
    await b.write({ 'b.txt': 'half\n' });
    await terminal.shows(has('2 running'));
    terminal.type('c');
    await terminal.shows(has('cancel lane 1, 2?'));
    terminal.type('7');
    await terminal.shows(has('there is nobody in lane 7'));
    terminal.type('2');
    await terminal.shows(has('cancel B: its agent is ended, its work kept? y yes · q no'));
    terminal.type('y');
    await b.ended;
    await terminal.says('[B] back to UNPROCESSED');
    expect(await rig.event('ticket.cancel-requested')).toMatchObject({ ticket: 'B', by: 'key c' });
    await a.succeed({ 'a.txt': 'a\n' });
    await terminal.wait();
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
    expect(terminal.everything).toContain('→ sage rescue B');
  });

  test('002-9.1 o shows what an agent says, as it says it; q leads back', async () => {
    await using rig = await withTickets('A', 'B');
    const terminal = rig.terminal(SIZE, 'stream', '--auto', '--parallel=2');
    const [a, b] = [await rig.agent.for('A'), await rig.agent.for('B')];
    for (let index = 0; index < 60; index += 1) await b.print(`thought ${index} of B`);
    await terminal.shows(has('thought 59 of B'));
    terminal.type('o');
    await terminal.shows(has('open the log of lane 1, 2?'));
    terminal.type('2');
    await terminal.shows(has('What the agent says of B'));
    await terminal.shows((view) => has('thought 59 of B')(view) && has('thought 50 of B')(view));
    expect(terminal.view.join('\n')).not.toContain('thought 10 of B');
    await b.print('one more thought');
    await terminal.shows(has('one more thought'));
    expect(foot(terminal)).toBe('q back');
    await b.succeed({ 'b.txt': 'b\n' });
    await terminal.shows(has('It has ended.'));
    terminal.type('q');
    await terminal.shows(has('1 running'));
    await a.succeed({ 'a.txt': 'a\n' });
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-9.1 e says why a ticket stands where it does: by its lane, or by its id', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([
      { id: 'A' },
      { id: 'WEB-2', dependencies: ['A'], priority: 'P0' },
      { id: 'C' },
    ]);
    const terminal = rig.terminal(SIZE, 'stream', '--auto');
    const call = await rig.agent.for('A');
    await terminal.shows(has('1 running'));
    terminal.type('e1');
    await terminal.shows(has('RUNNING in lane-1'));
    expect(terminal.view.join('\n')).toMatch(/Started then because: .*\n.*P1 \(goes as P0\)/);
    expect(terminal.view.join('\n')).toContain('Needed by WEB-2');
    terminal.type('q');
    await terminal.shows(has('e explain'));
    terminal.type('e');
    await terminal.shows(has('or an id and Enter'));
    terminal.type('web-3\r');
    await terminal.shows(has('no ticket web-3 in this run'));
    terminal.type('web-2\r');
    await terminal.shows(has('WAITING until A landed'));
    terminal.type('\u001b');
    await terminal.shows(has('e explain'));
    terminal.type('eC\r');
    await terminal.shows(has('READY: it starts when a lane is free'));
    await call.succeed({ 'a.txt': 'a\n' });
    rig.agent.serve((other) => other.succeed({ [`${other.ticket}.txt`]: 'x\n' }));
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-9.1 Ctrl-C is the terminal’s as ever: the first drains, the second cancels', async () => {
    await using rig = await withTickets('A', 'B');
    const terminal = rig.terminal(SIZE, 'stream', '--auto');
    const call = await rig.agent.for('A');
    await terminal.shows(has('1 running'));
    terminal.type(CTRL_C);
    await terminal.shows(has('DRAINING (Ctrl-C)'));
    await terminal.says('Press Ctrl-C again to cancel.');
    await pressAgain(terminal);
    await call.ended;
    expect((await terminal.wait()).code).toBe(130);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED' });
    expect(terminal.view).toEqual([]);
  });

  test('002-9.1 the third Ctrl-C leaves at once, with the terminal as it was', async () => {
    await using rig = await withTickets('A');
    // The orchestrator is gone before it can write what became of its run.
    rig.tolerate('claims');
    const env = { SAGE_BIN: join(repositoryRoot, 'bin/sage'), PS1: 'shell> ' };
    const terminal = rig.terminalWith(SIZE, env, '/bin/sh', '-i');
    terminal.type('node "$SAGE_BIN" stream --auto\r');
    const call = await rig.agent.for('A');
    await call.ignore('SIGTERM');
    await terminal.shows(has('1 running'));
    terminal.type(CTRL_C);
    await terminal.shows(has('DRAINING'));
    await pressAgain(terminal);
    await terminal.shows(has('CANCELLING'));
    await pressAgain(terminal);
    await terminal.says(/shell>$/);
    terminal.type('stty -a | tr ";" "\\n" | grep -c -- "^icanon\\| icanon"\r');
    await terminal.says(/^1$/m);
    await call.ended;
    expect(terminal.view).toEqual([]);
    expect(terminal.isCursorShown).toBe(true);
    terminal.type('exit\r');
    await terminal.wait();
  });

  test('002-9.1 Ctrl-Z gives the terminal back, bg goes on without a view, fg brings it back', async () => {
    await using rig = await withTickets('A', 'B');
    const env = { SAGE_BIN: join(repositoryRoot, 'bin/sage'), PS1: 'shell> ' };
    const terminal = rig.terminalWith(SIZE, env, '/bin/sh', '-i');
    terminal.type('node "$SAGE_BIN" stream --auto\r');
    const call = await rig.agent.for('A');
    await terminal.shows(has('1 running'));
    terminal.type(CTRL_Z);
    await terminal.says(/Stopped/);
    expect(terminal.view).toEqual([]);
    terminal.type('echo typed $((20 + 3))\r');
    await terminal.says(/^typed 23$/m);
    terminal.type('fg\r');
    await terminal.shows(has('1 running'));
    terminal.type('d');
    await terminal.shows(has('y yes · q no'));
    terminal.type('q');
    await terminal.shows(has('nothing was done'));
    terminal.type(CTRL_Z);
    await terminal.shows((view) => view.length === 0);
    terminal.type('bg\r');
    await call.print('works on in the background');
    await call.succeed({ 'a.txt': 'a\n' });
    await terminal.says('[A] landed');
    const other = await rig.agent.for('B');
    expect(terminal.view).toEqual([]);
    terminal.type('fg\r');
    await terminal.shows(has('1/2 landed'));
    await other.succeed({ 'b.txt': 'b\n' });
    await terminal.says(/delivered: [^]*shell>$/);
    terminal.type('exit\r');
    await terminal.wait();
  });

  test('without a terminal to read from there are no keys, and no line about them', async () => {
    await using rig = await withTickets('A');
    const env = { SAGE_BIN: join(repositoryRoot, 'bin/sage') };
    const terminal = rig.terminalWith(
      SIZE,
      env,
      '/bin/sh',
      '-c',
      'node "$SAGE_BIN" stream --auto </dev/null',
    );
    const call = await rig.agent.for('A');
    await terminal.shows(has('1 running'));
    expect(foot(terminal)).toBe('landing: nothing');
    terminal.type('dy');
    await call.succeed({ 'a.txt': 'a\n' });
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-9.1 killed at once, it leaves a cursor that can be seen', async () => {
    await using rig = await withTickets('A');
    const terminal = rig.terminal(SIZE, 'stream', '--auto');
    const call = await rig.agent.for('A');
    await terminal.shows(has('1 running'));
    terminal.signal('SIGKILL');
    await terminal.wait();
    await call.ended;
    expect(terminal.isCursorShown).toBe(true);
    expect(terminal.lines[terminal.cursor.y]).toBe('');
  });

  test('002-9.1 dying of a bug, it gives the terminal back before it says so', async () => {
    await using rig = await withTickets('A');
    const lib = join(repositoryRoot, 'dist/lib');
    const script = `
      import { dieOfBugs } from '${lib}/cli/die-of-bugs.js';
      import { takeSeat } from '${lib}/cli/stream/seat.js';
      import { createLiveView } from '${lib}/show/live/live-view.js';
      dieOfBugs('1.2.3');
      const size = () => ({ columns: 100, rows: 30 });
      const write = (text) => process.stdout.write(text);
      const view = createLiveView({ write, size, now: Date.now, paint: {} });
      takeSeat(view, () => {});
      console.log('raw', process.stdin.isRaw);
      setTimeout(() => { throw new Error('lost'); }, 50);
    `;
    const env = { SCRIPT: script, PS1: 'shell> ' };
    const terminal = rig.terminalWith(SIZE, env, '/bin/sh', '-i');
    terminal.type('node --input-type=module -e "$SCRIPT"\r');
    await terminal.says('raw true');
    await terminal.says(/made a mistake and stopped[^]*shell>$/);
    terminal.type('stty -a | tr ";" "\\n" | grep -c -- "^icanon\\| icanon"\r');
    await terminal.says(/^1$/m);
    terminal.type('exit\r');
    await terminal.wait();
  });
});
