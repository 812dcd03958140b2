import { describe, expect, test } from '@jest/globals';
import { stepSchema, type Step } from '../../lib/model/question-schema.js';
import { Rig } from '../rig/rig.js';

const NOTE = 'say it louder';

async function onOneLine(script: Parameters<Rig['script']>[0], ...ids: readonly string[]) {
  const rig = await Rig.create({
    branch: 'work',
    sage: 'ignored',
    files: { 'line.txt': 'base\n' },
  });
  await rig.config({ verify: ['test -s line.txt'] });
  await rig.tickets(ids.map((id) => ({ id })));
  await rig.script(script);
  return rig;
}

/** What is asked after a call, as `land A`; where nothing is, how the run stands. */
async function asks(rig: Rig, ...call: readonly string[]): Promise<string> {
  const { stdout, stderr } = await rig.run(...call, '--json');
  if (stdout === '') throw new Error(stderr);
  const { state, question }: Step = stepSchema.parse(JSON.parse(stdout));
  return question ? `${question.about} ${question.ticket}` : state;
}

const landed = (rig: Rig) =>
  rig.journal().flatMap((event) => (event.type === 'landing.landed' ? [event.ticket] : []));

describe('a ticket that was sent back meets a base that moved', () => {
  test('another one lands a change of the same line meanwhile: the agent is told, has its work and the note, and both land', async () => {
    await using rig = await onOneLine(
      {
        'A#1': [{ write: { 'line.txt': 'a\n', 'a.txt': 'kept\n' } }],
        B: [{ write: { 'line.txt': 'b\n' } }],
        'A#2': [
          { shell: 'git status --porcelain > status.txt; cat line.txt > seen.txt' },
          { write: { 'line.txt': 'b and A\n' } },
        ],
      },
      'A',
      'B',
    );
    expect(await asks(rig, 'stream', '--step', '--schedule=batch')).toBe('start A');
    expect(await asks(rig, 'approve')).toBe('start B');
    expect(await asks(rig, 'approve')).toBe('land A');
    expect(await asks(rig, 'reject', 'A', '--note', NOTE)).toBe('land B');
    expect(await asks(rig, 'approve', 'B')).toBe('land A');
    const work = rig
      .journal()
      .find((event) => event.type === 'work.harvested' && event.attempt === 'A#1');
    const earlier = work?.type === 'work.harvested' ? work.harvest?.work : undefined;
    const { prompt } = rig.calls().find(({ ticket, call }) => ticket === 'A' && call === 2)!;
    expect(prompt).toContain(NOTE);
    expect(prompt).toContain('It conflicts with what others landed meanwhile');
    expect(prompt).toContain(`git show ${earlier!}`);
    expect(prompt).toContain('+a');
    expect((await rig.run('approve', 'A')).code).toBe(0);
    expect(landed(rig)).toEqual(['B', 'A']);
    expect([rig.read('line.txt'), rig.read('seen.txt')]).toEqual(['b and A\n', 'b\n']);
    expect(await rig.git('log', '--format=%s', '--', 'line.txt')).toMatch(/A[\s\S]*B/);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('two that were sent back land changes of the same line: who comes second does it again, and knows the note still', async () => {
    await using rig = await onOneLine(
      {
        'A#1': [{ write: { 'line.txt': 'a\n' } }],
        'B#1': [{ write: { 'line.txt': 'b\n' } }],
        'A#2': [{ write: { 'line.txt': 'A\n' } }],
        'B#2': [{ write: { 'line.txt': 'B\n' } }],
        'B#3': [{ shell: 'cat line.txt > seen.txt' }, { write: { 'line.txt': 'A and B\n' } }],
      },
      'A',
      'B',
    );
    expect(await asks(rig, 'stream', '--step', '--schedule=batch')).toBe('start A');
    expect(await asks(rig, 'approve')).toBe('start B');
    expect(await asks(rig, 'approve')).toBe('land A');
    expect(await asks(rig, 'reject', 'A', '--note', 'for A alone')).toBe('land B');
    expect(await asks(rig, 'reject', 'B', '--note', NOTE)).toBe('land A');
    expect(await asks(rig, 'approve', 'A')).toBe('land B');
    const [, again, third] = rig.calls().filter(({ ticket }) => ticket === 'B');
    expect(again!.prompt).toContain(NOTE);
    expect(third!.prompt).toMatch(/conflicts with what others landed meanwhile[\s\S]*line\.txt/);
    expect(third!.prompt).toMatch(/<<<([0-9a-f]{16}) note\nsay it louder\n\1>>>/);
    expect(third!.prompt).not.toContain('for A alone');
    expect((await rig.run('approve', 'B')).code).toBe(0);
    expect([rig.read('line.txt'), rig.read('seen.txt')]).toEqual(['A and B\n', 'A\n']);
    expect(landed(rig)).toEqual(['A', 'B']);
  });
});
