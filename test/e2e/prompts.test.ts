import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

async function withTickets(...ids: readonly string[]) {
  const rig = await Rig.create({ branch: 'work', sage: 'ignored' });
  await rig.config();
  await rig.tickets(ids.map((id) => ({ id })));
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  return rig;
}

const answers = (rig: Rig) =>
  rig
    .journal()
    .flatMap((event) =>
      event.type === 'question.answered' ? [`${event.question.about} ${event.answer.kind}`] : [],
    );

describe('prompts in a terminal', () => {
  test.each([
    [40, ['Land A? y yes · d diff · b send back', '  p put off · s stop ›']],
    [80, ['Land A? y yes · d diff · b send back · p put off · s stop ›']],
  ])(
    '002-1.3 at %i columns a prompt is broken between its answers; without colour nothing but text is written',
    async (columns, prompt) => {
      await using rig = await withTickets('A');
      const terminal = rig.terminalSage({ columns, rows: 30 }, { NO_COLOR: '1' }, 'stream');
      await terminal.says('Begin A?');
      terminal.type('y\r');
      await terminal.says(/Land A\?[\s\S]*s stop ›/);
      const at = terminal.lines.findIndex((line) => line.startsWith('Land A?'));
      expect(terminal.lines.slice(at, at + prompt.length).map((line) => line.trimEnd())).toEqual(
        prompt,
      );
      terminal.type('y\r');
      expect((await terminal.wait()).code).toBe(0);
      expect(terminal.written).not.toContain('\u001b');
    },
  );

  test('typed ahead answers one question and no other; a window that changes its size loses nothing', async () => {
    await using rig = await withTickets('A');
    const terminal = rig.terminal({ columns: 80, rows: 30 }, 'stream');
    await terminal.says('Begin A?');
    terminal.type('y\ry\ry\r');
    await terminal.says('Land A?');
    terminal.resize({ columns: 40, rows: 20 });
    terminal.type('ye');
    terminal.resize({ columns: 100, rows: 40 });
    expect(answers(rig)).toEqual(['start go']);
    terminal.type('s\r');
    expect((await terminal.wait()).code).toBe(0);
    expect(answers(rig)).toEqual(['start go', 'land go']);
  });

  test('Ctrl-C within a note leaves it: what is typed next answers the question, which stands below what was told', async () => {
    await using rig = await withTickets('A', 'B');
    const terminal = rig.terminal({ columns: 80, rows: 40 }, 'stream');
    await terminal.says('Begin A?');
    terminal.type('y\r');
    await terminal.says('Land A?');
    terminal.type('b\r');
    await terminal.says('ends the note');
    terminal.type('half of it\r');
    await terminal.says('half of it');
    terminal.type('\u0003');
    await terminal.says(/\^C\ndraining \(Ctrl-C\).*\nLand A\?/);
    terminal.type('y\r');
    expect((await terminal.wait()).code).toBe(0);
    expect(answers(rig)).toEqual(['start go', 'land go']);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
  });

  test('Ctrl-D: the question stays open and says how else to answer it, this one and the next', async () => {
    await using rig = await withTickets('A');
    const terminal = rig.terminal({ columns: 80, rows: 40 }, 'stream');
    await terminal.says('Begin A?');
    terminal.type('\u0004');
    await terminal.says(/Nobody types here any more\. From another terminal:\n {2}sage approve A/);
    expect((await rig.run('approve', 'A')).stdout).toContain('Ready to land');
    await terminal.says(/Land A\?[\s\S]*Nobody types here any more[\s\S]*sage reject A --note/);
    expect((await rig.run('approve', 'A')).code).toBe(0);
    expect((await terminal.wait()).code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED' });
  });

  test('what is told while somebody is asked begins on a line of its own, and the prompt comes again', async () => {
    await using rig = await withTickets('A');
    const terminal = rig.terminal({ columns: 80, rows: 40 }, 'stream');
    await terminal.says('Begin A?');
    expect((await rig.run('pause')).code).toBe(0);
    await terminal.says(/Begin A\? [^\n]*› ?\n[^\n]*paus[\s\S]*Begin A\?/i);
    expect((await rig.run('resume')).code).toBe(0);
    expect((await rig.run('approve', 'A')).stdout).toContain('Ready to land');
    await terminal.says(/› ?\n\[A\] may begin \(sage approve\)/);
    await terminal.says('Land A?');
    terminal.type('y\r');
    expect((await terminal.wait()).code).toBe(0);
  });
});
