import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

describe('the checks that a ticket brings itself', () => {
  test.each(['stateflow', 'content', 'interactive', 'integration', 'generic'])(
    '002-8.3 verification scripts of a %s ticket run on its work: pattern, retries, red and green',
    async (validation_type) => {
      await using rig = await Rig.create();
      const script = (command: string, more: object = {}) => ({
        validation_type,
        validation_config: {
          auto_fix: false,
          verification_scripts: [{ name: 'proof', command, failure_action: 'defer', ...more }],
        },
      });
      const mark = `${rig.places.home}/mark-${validation_type}`;
      await rig.tickets([
        { id: 'GREEN', ...script('cat GREEN.txt', { success_pattern: 'work of GREEN' }) },
        { id: 'PATTERN', ...script('echo other', { success_pattern: 'work of PATTERN' }) },
        { id: 'RED', ...script('exit 4') },
        { id: 'AGAIN', ...script(`test -e ${mark} || { touch ${mark}; exit 1; }`, { retries: 1 }) },
      ]);
      await rig.config();
      await rig.script({ '*': [{ write: { '{ticket}.txt': 'work of {ticket}\n' } }] });
      const { summary } = await rig.stream('--parallel=2');
      expect(summary.landed.map(({ id }) => id).sort()).toEqual(['AGAIN', 'GREEN']);
      expect(summary.deferred.map(({ id, code }) => [id, code]).sort()).toEqual([
        ['PATTERN', 'checks/script-red'],
        ['RED', 'checks/script-red'],
      ]);
      expect(rig.calls()).toHaveLength(4);
    },
  );

  const step = (id: string, script: string, more: object = {}) => ({
    id,
    type: 'generic',
    description: `Step ${id}`,
    status: 'UNPROCESSED',
    validation_script: script,
    ...more,
  });

  test('D9 a red sub-task with auto_fix asks the same agent again, with the output, in the same lane', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'T-1', tasks: [step('one', 'test -e one.txt'), step('two', 'cat two.txt')] },
    ]);
    await rig.config();
    const run = rig.start('stream', '--auto', '--json');
    const first = await rig.agent.next();
    const lane = first.cwd;
    await first.succeed({ 'one.txt': '1\n' });
    const again = await rig.agent.next();
    expect(again.cwd).toBe(lane);
    expect(again.prompt).toContain('two.txt');
    expect(await again.shell('ls')).toContain('one.txt');
    await again.succeed({ 'two.txt': '2\n' });
    expect((await run.wait()).code).toBe(0);
    expect(rig.journal().filter(({ type }) => type === 'attempt.started')).toHaveLength(1);
  });

  test('D9 max_retries bounds how often, auto_fix: false forbids it', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'TWICE', tasks: [step('a', 'false', { max_retries: 2 })] },
      { id: 'NEVER', tasks: [step('a', 'false', { auto_fix: false })] },
    ]);
    await rig.config();
    await rig.script({ '*': [{ append: { '{ticket}.txt': 'more\n' } }] });
    const { summary } = await rig.stream();
    expect(summary.landed).toEqual([]);
    const calls = (id: string) => rig.calls().filter(({ ticket }) => ticket === id).length;
    expect([calls('TWICE'), calls('NEVER')]).toEqual([3, 1]);
  });

  test('D20 a ticket of which only some sub-tasks pass is deferred with the list, its work kept', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      {
        id: 'T-1',
        tasks: [
          step('good', 'test -e good.txt', { auto_fix: false }),
          step('bad', 'false', { auto_fix: false }),
        ],
      },
    ]);
    await rig.config();
    await rig.script({ '*': [{ write: { 'good.txt': 'x\n' } }] });
    const { summary } = await rig.stream();
    expect(summary.deferred).toMatchObject([
      { id: 'T-1', code: 'ticket/partial', next: 'sage rescue T-1' },
    ]);
    expect(summary.deferred[0]!.reason).toMatch(/1 of 2.*bad/);
    expect(rig.states()).toEqual({ 'T-1': 'DEFERRED' });
  });

  test('a script that cannot even be started is an outside fault: no ticket is blamed for it, and the run stops', async () => {
    await using rig = await Rig.create();
    const verification_scripts = [{ name: 'proof', command: 'true' }];
    await rig.tickets([{ id: 'A', validation_config: { verification_scripts } }, { id: 'B' }]);
    await rig.config();
    await rig.script({
      '*': [
        { write: { '{ticket}.txt': 'x\n' } },
        // Where the logs of scripts would be made.
        { shell: 'touch "$(dirname "$SAGE_PROMPT_FILE")/../../checks"' },
      ],
    });
    const { code, summary } = await rig.stream();
    expect(code).toBe(1);
    expect(summary.deferred).toEqual([]);
    expect(summary.stoppedBy?.failure?.message).toContain('could not be started');
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED' });
    expect(rig.calls()).toHaveLength(1);
    expect((await rig.run('rescue', 'A')).code).toBe(0);
  });
});
