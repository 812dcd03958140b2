import { describe, expect, test } from '@jest/globals';
import { runProgram } from '../../lib/git/run-program.js';

const env = { PATH: process.env['PATH'] ?? '' };
const sh = (line: string, input?: string) =>
  runProgram('sh', ['-c', line], { env, ...(input === undefined ? {} : { input }) });

describe('a program that is run to its end', () => {
  test('answers its code and all that it printed; its input reaches it', async () => {
    const answer = await sh('cat; echo no >&2; exit 3', 'ä'.repeat(500_000));
    expect(answer.code).toBe(3);
    expect(answer.stdout.toString('utf8')).toBe('ä'.repeat(500_000));
    expect(answer.stderr.toString('utf8')).toBe('no\n');
  });

  test('one that does not read its input is no fault', async () => {
    expect(await sh('exec <&-; exit 0', 'x'.repeat(5_000_000))).toMatchObject({ code: 0 });
  });

  test('one that a signal ends, and one that cannot be started, have the code -1', async () => {
    expect(await sh('kill -9 $$')).toMatchObject({ code: -1 });
    const missing = await runProgram('no-such-program', [], { env });
    expect(missing).toMatchObject({ code: -1 });
    expect(missing.error).toContain('ENOENT');
    const nowhere = await runProgram('sh', [], { env, cwd: '/no/such/folder' });
    expect(nowhere.error).toContain('ENOENT');
    const impossible = await runProgram('sh', ['a\0b'], { env });
    expect(impossible.code).toBe(-1);
    expect(impossible.error).toContain('null bytes');
  });
});
