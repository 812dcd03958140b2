import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';
import type { Terminal } from '../rig/terminal.js';

const SIZE = { columns: 100, rows: 40 };

async function withTickets(ids: readonly string[], config: Readonly<Record<string, unknown>> = {}) {
  const rig = await Rig.create({ branch: 'work', sage: 'ignored' });
  await rig.config(config);
  await rig.tickets(ids.map((id) => ({ id })));
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  return rig;
}

/** Waits for a question, and answers it. */
async function answer(terminal: Terminal, question: string, ...lines: readonly string[]) {
  await terminal.says(question);
  for (const line of lines) terminal.type(`${line}\r`);
}

const questions = (rig: Rig) =>
  rig
    .journal()
    .flatMap((event) =>
      event.type === 'question.asked' ? [`${event.question.about} ${event.question.ticket}`] : [],
    );

describe('a run that asks whoever sits at the terminal', () => {
  test('002-1.3 each ticket and each landing is asked about; an empty line and a wrong word answer nothing', async () => {
    await using rig = await withTickets(['A', 'B'], { verify: ['test -f README.md'] });
    const terminal = rig.terminal(SIZE, 'stream');
    await answer(terminal, 'Begin A?', '', 'what', 'y');
    await terminal.says('Type y, p, s and press Enter.');
    await terminal.says('A.txt | 1 +');
    await terminal.says(/passed test -f README\.md/);
    await answer(terminal, 'Land A?', 'y');
    await answer(terminal, 'Begin B?', 'yes');
    await answer(terminal, 'Land B?', 'land');
    expect((await terminal.wait()).code).toBe(0);
    expect(questions(rig)).toEqual(['start A', 'land A', 'start B', 'land B']);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('the whole diff is shown by the pager, sent back with a note, put off with a reason', async () => {
    await using rig = await withTickets(['A', 'B']);
    await rig.program('my-pager', 'echo PAGER; cat');
    const terminal = rig.terminalSage(SIZE, { GIT_PAGER: 'my-pager' }, 'stream');
    await answer(terminal, 'Begin A?', 'y');
    await answer(terminal, 'Land A?', 'd');
    await terminal.says('PAGER');
    await terminal.says('+done');
    terminal.type('b\r');
    await answer(terminal, 'What shall the agent change?', 'rounder', 'and red', '');
    await terminal.says(', attempt 2)');
    expect(rig.calls()[1]!.prompt).toContain('rounder\nand red');
    await terminal.says(/Land A\?[\s\S]*Land A\?[\s\S]*Land A\?/);
    terminal.type('p\r');
    await answer(terminal, 'Why?', 'not today');
    await answer(terminal, 'Begin B?', 's');
    expect((await terminal.wait()).code).toBe(1);
    expect(rig.states()).toEqual({ A: 'DEFERRED', B: 'UNPROCESSED' });
    expect(JSON.stringify(rig.index()['A'])).toContain('not today');
  });

  test('Ctrl-C takes a question about a beginning back and ends the run; before a landing the second cancels', async () => {
    await using rig = await withTickets(['A']);
    const first = rig.terminal(SIZE, 'stream');
    await first.says('Begin A?');
    first.type('\u0003');
    expect((await first.wait()).code).toBe(0);
    expect(rig.calls()).toEqual([]);
    const second = rig.terminal(SIZE, 'stream', '--interactive');
    await answer(second, 'Begin A?', 'y');
    await second.says('Land A?');
    second.type('\u0003');
    await second.says('Press Ctrl-C again to cancel');
    // Two within a tenth of a second count once.
    await rig.run('stream', '--dry-run');
    second.type('\u0003');
    expect((await second.wait()).code).toBe(130);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED' });
  });

  test('what another terminal answers counts, and the question here is gone', async () => {
    await using rig = await withTickets(['A']);
    const terminal = rig.terminal(SIZE, 'stream');
    await terminal.says('Begin A?');
    expect((await rig.run('approve', 'A')).stdout).toContain('Ready to land');
    await answer(terminal, 'Land A?', 'y');
    expect((await terminal.wait()).code).toBe(0);
  });

  test('002-1.3 by component it asks once for each; a killed one is asked again by resume', async () => {
    await using rig = await withTickets(['AUTH-1', 'AUTH-2', 'DOCS-1']);
    const killed = rig.terminal(SIZE, 'stream', '--semi-auto');
    await answer(killed, 'Begin AUTH?', 'y');
    await killed.says('Begin DOCS?');
    killed.signal('SIGKILL');
    await killed.wait();
    const again = rig.terminal(SIZE, 'resume');
    await answer(again, 'Begin DOCS?', 'y');
    expect((await again.wait()).code).toBe(0);
    expect(questions(rig)).toEqual(['start AUTH-1', 'start DOCS-1']);
  });
});
