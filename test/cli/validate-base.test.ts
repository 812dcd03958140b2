import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { validationSchema } from '../../lib/model/validation-schema.js';
import { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

/** A rig whose checks write down in which folder they ran, then run `line`. */
async function rigWith(line: string): Promise<Rig> {
  const rig = await Rig.create();
  await rig.tickets([{ id: 'A-1' }]);
  await rig.write({ '.sage/workflow-mode': 'TICKET_BASED\n', '.sage/tickets/A-1.md': '# A-1\n' });
  await rig.git('add', '.sage/tickets');
  await rig.git('commit', '--quiet', '--message', 'ticket');
  await rig.config({ verify: [`pwd >> ${join(rig.places.root, 'ran')}; ${line}`] });
  return rig;
}

const ran = (rig: Rig) => {
  const file = join(rig.places.root, 'ran');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

describe('sage validate and the checks on the base', () => {
  test('plain, it looks up what is known, runs nothing and says how to', async () => {
    await using rig = await rigWith('true');
    const { stdout, code } = await rig.run('validate', '--verbose');
    expect(stdout).toContain('checks not run yet: sage validate --check=base');
    expect([code, ran(rig), existsSync(join(rig.gitDir, 'sage'))]).toEqual([0, [], false]);
  });

  test('002-14.3 --check=base runs them in the verification lane on the commit, and the next run knows the verdict', async () => {
    await using rig = await rigWith('grep -q "under test" README.md');
    // What is not committed is not checked.
    await rig.write({ 'README.md': 'changed\n' });
    const before = rig.snapshot();
    const first = await rig.run('validate', '--check=base');
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringMatching(/the checks are green there \(/),
    ]);
    expect(first.stderr).toMatch(/\[base\] \$ pwd .*\n\[base\] {3}exit code 0 after /);
    expect(ran(rig)).toEqual([expect.stringMatching(/\/check-1$/)]);
    expect(rig.snapshot()).toEqual(before);

    const known = await rig.run('validate');
    expect(known.stdout).toContain('the checks are green there');
    await rig.git('checkout', '--', 'README.md');
    const run = rig.start('stream', '--auto');
    await (await rig.agent.next()).succeed({ 'a.txt': 'a\n' });
    expect((await run.wait()).code).toBe(0);
    expect((await rig.event('base.checked')).verdict?.cached).toBe(true);
    // Once on the base, once on what landed.
    expect(ran(rig)).toHaveLength(2);
  });

  test('--strict runs them, too, but not where only another part is asked for', async () => {
    await using rig = await rigWith('true');
    await rig.run('validate', '--strict', '--check=schema');
    expect(ran(rig)).toEqual([]);
    const { stdout, stderr, code } = await rig.run('validate', '--strict', '--json');
    const { checks } = validationSchema.parse(JSON.parse(stdout));
    expect([code, stderr]).toEqual([0, '']);
    expect(checks.find(({ name }) => name === 'base')?.told).toContain('green');
    expect(ran(rig)).toHaveLength(1);
  });

  test('checks that are red there are an error that names the command and the log', async () => {
    await using rig = await rigWith('echo broken; exit 3');
    const { stdout, code } = await rig.run('validate', '--check=base', '--json');
    const { findings } = validationSchema.parse(JSON.parse(stdout));
    expect([code, findings.map((finding) => finding.code)]).toEqual([1, ['checks/red-base']]);
    expect(findings[0]?.message).toContain('exit 3');
    const log = findings[0]?.where?.file ?? '';
    expect(readFileSync(join(rig.checkout, log), 'utf8')).toBe('broken\n');
    // Tried twice, as at a landing; and not taken for known afterwards.
    expect(ran(rig)).toHaveLength(2);
    expect((await rig.run('validate')).stdout).toContain('checks not run yet');
  });

  test('Ctrl-C ends it with everything it started; nothing is owned or taken for known', async () => {
    await using rig = await rigWith('echo at it; sleep 1000 & sleep 1000');
    const program = rig.start('validate', '--check=base');
    await program.says('[base] $ pwd');
    await until(
      () => (ran(rig).length > 0 ? true : undefined),
      20_000,
      () => 'the check did not run',
    );
    program.pressCtrlC();
    const { code, stderr } = await program.wait();
    expect(code).toBe(130);
    expect(stderr).toContain('run/cancelled');
    expect(rig.processes()).toEqual([]);
    expect(readdirSync(join(rig.gitDir, 'sage')).filter((name) => /^owner/.test(name))).toEqual([]);
    expect((await rig.run('validate', '--check=repository')).code).toBe(0);
  });

  test('beside a run that is going on they are not run, which is a warning', async () => {
    await using rig = await rigWith('true');
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.next();
    const { stdout, code } = await rig.run('validate', '--check=base', '--json');
    expect(code).toBe(0);
    expect(stdout).toContain('green');
    await rig.git('commit', '--quiet', '--allow-empty', '--message', 'same tree');
    await rig.write({ 'b.txt': 'b' });
    await rig.git('add', 'b.txt');
    await rig.git('commit', '--quiet', '--message', 'another tree');
    const other = await rig.run('validate', '--check=base', '--json');
    const { findings } = validationSchema.parse(JSON.parse(other.stdout));
    expect([other.code, findings.map((finding) => finding.code)]).toEqual([2, ['run/owned']]);
    await call.succeed({ 'a.txt': 'a\n' });
    await run.wait();
  });
});
