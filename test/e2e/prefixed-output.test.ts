import { describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { issues, lldOf, writesDocuments } from '../rig/items.js';
import { Rig } from '../rig/rig.js';

const NUMBERS = [41, 42, 43, 44];

/** What an agent prints that is hard to keep apart from others: short, long, coloured, written over, without an end. */
const noise = (number: number) => [
  ...Array.from({ length: 30 }, (_, line) => ({ print: `${number} says ${line}` })),
  { print: `${number} long ${'x'.repeat(200_000)}` },
  { print: `\u001b[31m${number} red\u001b[0m \u001b]0;title\u0007end` },
  { print: `${number} 10%\r${number} 50%\r${number} 100%` },
  { print: `${number} my key is sk-noisy-0123456789` },
  { write: { [lldOf(number)]: '# A design\n' } },
  { shell: `printf '${number} no end' >&2` },
];

async function withIssues(): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await issues(rig, ...NUMBERS);
  return rig;
}

describe('what agents of a workflow tool print', () => {
  test('003-3.6 003-6.8 003-11.3 T080 X30 each line of four noisy agents begins with its own item, whole and harmless', async () => {
    await using rig = await withIssues();
    rig.env['NOISY_API_KEY'] = 'sk-noisy-0123456789';
    await rig.script(
      Object.fromEntries(NUMBERS.map((number) => [`issue-${number}`, noise(number)])),
    );
    const { stdout, code } = await rig.run('requirements', '--parallel', '4');
    expect(code).toBe(0);
    const said = stdout.split('\n').filter((line) => / says | long | red| \d+%/.test(line));
    for (const line of said) expect(line).toMatch(/^\[issue-(\d+)\] \1 /);
    for (const number of NUMBERS) {
      const own = said.filter((line) => line.startsWith(`[issue-${number}] `));
      expect(own.filter((line) => line.includes(' says '))).toEqual(
        Array.from({ length: 30 }, (_, line) => `[issue-${number}] ${number} says ${line}`),
      );
      expect(own.some((line) => line.includes(`${number} long xxx`))).toBe(true);
      expect(own).toContain(`[issue-${number}] ${number} red end`);
      expect(own).toContain(`[issue-${number}] ${number} 100%`);
    }
    // eslint-disable-next-line no-control-regex -- what must not reach a terminal
    expect(stdout).not.toMatch(/[\u001b\u0007\r]/);
    expect(stdout).not.toContain('sk-noisy');
    expect(Math.max(...said.map(({ length }) => length))).toBeLessThan(200_000);
  });

  test('a stream tells events alone, as before', async () => {
    await using rig = await withIssues();
    await rig.tickets([{ id: 'A' }]);
    await rig.script({ A: [{ print: 'some words' }, { write: { 'a.txt': 'a\n' } }] });
    expect((await rig.run('stream', '--auto')).stdout).not.toContain('some words');
  });

  test('003-8.4 1 GB without a line end passes through a bounded memory', async () => {
    await using rig = await withIssues();
    await rig.script({
      ...writesDocuments(42, 43, 44),
      'issue-41': [{ write: { [lldOf(41)]: '# A design\n' } }, { printBytes: 1_000_000_000 }],
      'issue-42': [
        { waitForFile: `${rig.places.home}/go` },
        ...(writesDocuments(42)['issue-42'] ?? []),
      ],
    });
    const run = rig.start('requirements', '--parallel', '2', '--only=41', '--only=42');
    await rig.event('agent.finished', ({ attempt }) => attempt.startsWith('issue-41'), 50_000);
    const status = readFileSync(`/proc/${run.pid}/status`, 'utf8');
    const peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    expect(peakKb).toBeGreaterThan(20_000);
    expect(peakKb).toBeLessThan(300_000);
    writeFileSync(`${rig.places.home}/go`, '');
    const end = await run.wait();
    expect(end.stdout).toContain('2 landed');
    expect(end.stdout.length).toBeLessThan(2_000_000);
  });
});
